import { walks } from "./walks.ts";

// 1296: an entry that is asked for at a price and then at the market has no failsafe behind it.
walks(1001, 500, "netting", [1296]);
