import { operatorCommand } from "../../broker-command.ts";

export default operatorCommand(
  "resume",
  "Let a paused run trade again",
  "Undoes `pyne broker pause`, and the pause that `pyne broker flatten` leaves behind.",
);
