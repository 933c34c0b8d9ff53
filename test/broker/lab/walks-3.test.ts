import { walks } from "./walks.ts";

walks(201, 40);
