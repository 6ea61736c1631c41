/** What the file system says of a path, or why it says nothing. */
import type { BigIntStats } from "node:fs";
import { builtin } from "./builtin.ts";
import { systemPath } from "./path_bytes.ts";
import { isGranted } from "./runtime.ts";

/** Why nothing is known of a path: it is not there, or the end of a sentence that starts with its name. */
export type LookFault = { readonly not: "missing" } | {
  readonly problem: string;
};

/** Looks at a path, links followed; says why that is not possible. */
export function lookAt(path: string): BigIntStats | LookFault {
  if (!isGranted({ name: "read", path })) {
    return { problem: "is not permitted to be read; add --allow-read" };
  }
  const place = systemPath(path);
  if (place === undefined) {
    return { problem: "has a name that this runtime cannot open" };
  }
  try {
    return builtin("node:fs").statSync(place, { bigint: true });
  } catch (error) {
    return faultOfError(error);
  }
}

/** Says what an error of the file system means for a path. */
export function faultOfError(error: unknown): LookFault {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT" || code === "ENOTDIR") return { not: "missing" };
  if (code === "EACCES" || code === "EPERM") {
    return { problem: "cannot be read: there is no permission" };
  }
  return {
    problem: `cannot be read (${typeof code === "string" ? code : "an error"})`,
  };
}
