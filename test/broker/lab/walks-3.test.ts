import { walks } from "./walks.ts";

walks(1001, 500);
