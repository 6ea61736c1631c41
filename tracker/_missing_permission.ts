/** Says which permissions the program lacks for a database, and how to give them. */
import { dirname, join } from "node:path";
import { messageOf } from "../internal/errors.ts";
import { getProcess, isDeno, isGranted } from "../internal/runtime.ts";
import { commandText } from "../internal/shell_words.ts";
import { visible } from "../internal/visible_text.ts";

/** Whether the runtime refused something because the program lacks a permission. */
export function isNotCapable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return isDeno()
    ? error.name === "NotCapable"
    : "code" in error && error.code === "ERR_ACCESS_DENIED";
}

/**
 * Returns the end of a sentence: which permission is missing, and how to give it.
 *
 * @param path The database.
 * @param options Whether it is opened for writing, and the error of the runtime.
 */
export function missingPermission(
  path: string,
  options: { readonly writes: boolean; readonly cause: unknown },
): string {
  const { writes, cause } = options;
  // SQLite keeps files beside the database, so permission for the database alone is not enough.
  const folder = dirname(path);
  const names = writes ? ["read", "write"] as const : ["read"] as const;
  const missing = names.filter((name) => !isAllowed(name, folder));
  const other = writes ? ", or choose another dbPath" : "";
  const all = isDeno() ? " or -A" : "";
  if (missing.length === 0) {
    // It is a permission for something else, e.g. for the folder around a folder that has to be made.
    const reason = visible(messageOf(cause));
    return `${isDeno() ? "Deno" : "Node"} denies a permission (${reason}${
      resourceOf(cause)
    }); run the program with it${isDeno() ? " or with -A" : ""}${other}`;
  }
  const flags = missing.map((name) => flagFor(name, folder));
  return `the program has no permission to ${
    missing.join(" or ")
  } in its folder; run it with ${flags.join(" ")}${all}${other}`;
}

function isAllowed(name: "read" | "write", folder: string): boolean {
  if (isDeno()) return isGranted({ name, path: folder });
  // Permission for a folder of Node is permission for its list, not for what is in it.
  return getProcess().permission?.has(`fs.${name}`, join(folder, "*")) ?? true;
}

function flagFor(name: "read" | "write", folder: string): string {
  return commandText([
    isDeno()
      ? `--allow-${name}=${folder}`
      : `--allow-fs-${name}=${join(folder, "*")}`,
  ]);
}

/** What Node refused; the message does not say it. */
function resourceOf(error: unknown): string {
  return error instanceof Error && "resource" in error &&
      typeof error.resource === "string"
    ? ` Needed: ${visible(error.resource)}`
    : "";
}
