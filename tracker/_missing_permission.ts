/** Says which permissions of Deno the program lacks for a database, and how to give them. */
import { dirname } from "node:path";
import { messageOf } from "../internal/errors.ts";
import { isDeno, isGranted } from "../internal/runtime.ts";
import { commandText } from "../internal/shell_words.ts";
import { visible } from "../internal/visible_text.ts";

/** Whether Deno refused something because the program lacks a permission. Node has no such error class. */
export function isNotCapable(
  error: unknown,
): error is Error & { readonly name: "NotCapable" } {
  return isDeno() && error instanceof Error && error.name === "NotCapable";
}

/**
 * Returns the end of a sentence: which permission is missing, and how to give it.
 *
 * @param path The database.
 * @param options Whether it is opened for writing, and the error of Deno.
 */
export function missingPermission(
  path: string,
  options: { readonly writes: boolean; readonly cause: Error },
): string {
  const { writes, cause } = options;
  // SQLite keeps files beside the database, so permission for the database alone is not enough.
  const folder = dirname(path);
  const names = writes ? ["read", "write"] as const : ["read"] as const;
  const missing = names.filter((name) => !isGranted({ name, path: folder }));
  const other = writes ? ", or choose another dbPath" : "";
  if (missing.length === 0) {
    // It is a permission for something else, e.g. for the folder around a folder that has to be made.
    const reason = visible(messageOf(cause));
    return `Deno denies a permission (${reason}); run the program with it or with -A${other}`;
  }
  const flags = missing.map((name) =>
    commandText([`--allow-${name}=${folder}`])
  );
  return `the program has no permission to ${
    missing.join(" or ")
  } in its folder; run it with ${flags.join(" ")} or -A${other}`;
}
