import { walks } from "./walks.ts";

walks(101, 40);
