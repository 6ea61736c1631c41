import process from "node:process";
import { type Login, mlflowTarget } from "../../sync/mod.ts";
import { type ExitCode, type Invocation, UsageError } from "../command.ts";
import { sendTo } from "./send.ts";

/** `ato sync mlflow URL [PROJECT] [CONDITION…]`. */
export async function syncMlflow(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const [address, ...rest] = words;
  if (address === undefined) {
    throw new UsageError(
      "Cannot sync without a server: write ato sync mlflow URL, e.g. http://127.0.0.1:5000",
    );
  }
  return await sendTo(mlflowTarget(address, mlflowLogin()), rest, invocation);
}

/** The login that MLflow's own variables say. */
export function mlflowLogin(): Login {
  const {
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
    MLFLOW_TRACKING_TOKEN: token,
  } = process.env;
  return {
    ...(user && { user }),
    ...(password && { password }),
    ...(token && { token }),
  };
}
