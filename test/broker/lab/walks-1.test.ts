import { walks } from "./walks.ts";

walks(1, 500);
