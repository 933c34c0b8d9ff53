import { walks } from "./walks.ts";

walks(301, 40);
