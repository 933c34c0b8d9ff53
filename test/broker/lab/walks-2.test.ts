import { walks } from "./walks.ts";

walks(501, 500);
