/** A dashboard that is being served, and why one cannot be. */
import { UserError } from "../../internal/errors.ts";

/** A dashboard cannot be served. */
export class DashboardError extends UserError {
  /** The code of the system's error, if there is one: `EADDRINUSE` if the port is taken. */
  readonly code: string | undefined;

  /** Makes the error. */
  constructor(
    message: string,
    { code, ...options }: ErrorOptions & {
      readonly code?: string | undefined;
    } = {},
  ) {
    super(message, options);
    this.name = "DashboardError";
    this.code = code;
  }
}

/** A dashboard that is being served. */
export interface Dashboard {
  /** The address of the page; it has the token, if one is needed. */
  readonly url: string;
  /** The port. */
  readonly port: number;
  /** Ends all connections and closes the file. */
  close(): Promise<void>;
}
