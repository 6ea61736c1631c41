/** Errors of hubs. Messages never contain a password: addresses are shown by {@linkcode shownUrl}. */
import { UserError } from "../../internal/errors.ts";
import { hideInText } from "../../internal/hidden_secrets.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Why a hub could not be used. `missing`: there is none; `newer`: a newer Ato made it; `refused`: the login or a
 * permission; `unreachable`: the server does not answer; `full`: no space; `damaged`: something in it is not what Ato
 * stored; `usage`: the address or an option is wrong.
 */
export type HubProblem =
  | "missing"
  | "newer"
  | "refused"
  | "unreachable"
  | "full"
  | "damaged"
  | "usage"
  | "other";

/**
 * A hub could not be used.
 *
 * @example
 * ```ts
 * import { HubError } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new HubError("Cannot push: the disk is full", { problem: "full" }).problem, "full");
 * ```
 */
export class HubError extends UserError {
  /** The class of the problem. */
  readonly problem: HubProblem;

  /**
   * Makes the error.
   *
   * @param message What cannot be done, where, and how to mend it.
   * @param options The class of the problem, and the cause.
   */
  constructor(
    message: string,
    options: { readonly problem: HubProblem; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = "HubError";
    this.problem = options.problem;
  }
}

/**
 * Shows an address without its secrets.
 *
 * @param url The address of a hub.
 * @returns the address with `***` in place of passwords and keys, safe for a terminal.
 */
export function shownUrl(url: string): string {
  return visible(hideInText(url));
}
