import { walks } from "./walks.ts";

walks(1, 140, "hedging");
walks(81, 160, "spot");
