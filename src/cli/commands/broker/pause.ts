import { operatorCommand } from "../../broker-command.ts";

export default operatorCommand(
  "pause",
  "Let a live run take no new exposure",
  "From now on the run opens nothing and adds to nothing; exits, closes and cancels go on. It stays so, also after a restart, until `pyne broker resume`.",
);
