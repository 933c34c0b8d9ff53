import { operatorCommand } from "../../broker-command.ts";

export default operatorCommand(
  "stop",
  "End a live run as if by Ctrl+C",
  "The run waits for answers that are due and ends with exit code 0. Its orders and its position stay as they are at the venue: the next start takes them over, and `pyne broker flatten` before it leaves none.",
);
