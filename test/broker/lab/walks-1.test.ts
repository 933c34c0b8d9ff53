import { walks } from "./walks.ts";

// 492: an exit of a percentage does not grow with its entry after a restart.
walks(1, 500, "netting", [492]);
