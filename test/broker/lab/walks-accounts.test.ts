import { walks } from "./walks.ts";

walks(1, 200, "hedging");
walks(1, 200, "spot");
