import { walks } from "./walks.ts";

walks(1501, 500);
