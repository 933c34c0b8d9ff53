import { operatorCommand } from "../../broker-command.ts";

export default operatorCommand(
  "flatten",
  "Close everything that a live run has",
  "The run cancels its orders, closes its position at the market, and takes no new exposure until `pyne broker resume`.",
);
