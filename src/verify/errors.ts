import { type ExitCode, PyneError } from "../kernel/errors.ts";

/** A list of trades cannot be read as one. Exit code 2: 1 says that the lists were compared and differ. */
export class TradeListError extends PyneError {
  override readonly code = "TRADE_LIST";
  override readonly exitCode: ExitCode = 2;
}
