/** The names of inputs: the same in every checkout of a project, and no two files have the same. */
import { homedir } from "node:os";
import { isAbsolute, relative, sep } from "node:path";
import { isSecretName } from "../internal/secrets.ts";
import { attempt } from "../internal/attempt.ts";
import { isBelow } from "../internal/paths.ts";
import { isGranted } from "../internal/runtime.ts";
import { escapedPath } from "../internal/path_bytes.ts";

/** The folders that names start from. */
export interface NameRoots {
  /** The project's root, under each path that it has. */
  readonly roots: readonly string[];
  /** The home folder of the user, if it is known. */
  readonly home: string | undefined;
}

/** Returns the home folder; `undefined` if asking for it is not permitted. */
export function homeFolder(): string | undefined {
  const isKnown = isGranted({ name: "env", variable: "HOME" }) ||
    isGranted({ name: "sys", kind: "homedir" });
  return isKnown ? attempt(homedir) || undefined : undefined;
}

/**
 * Names a file: `data/train.csv` from the project's root, `~/data/train.csv` below the home folder, else its
 * absolute path.
 *
 * @param path An absolute path.
 * @param places Where names start.
 */
export function nameOfFile(path: string, { roots, home }: NameRoots): string {
  const root = roots.find((one) => isBelow(one, path));
  if (root !== undefined) {
    const name = withSlashes(relative(root, path)) || ".";
    // A folder that is called `~` is not the home folder.
    return name === "~" || name.startsWith("~/") ? `./${name}` : name;
  }
  if (home !== undefined && isAbsolute(home) && isBelow(home, path)) {
    const name = withSlashes(relative(home, path));
    return name === "" ? "~" : `~/${name}`;
  }
  return withSlashes(path);
}

/** Separators as slashes, all else escaped. */
function withSlashes(path: string): string {
  return path.split(sep).map(escapedPath).join("/");
}

/** Whether a path is the address of something on the web. */
export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** Parameters of signed addresses. They change with each signature, and some of them let anybody in. */
const SIGNED =
  /^(?:x-(?:amz|goog|ms)-.*|awsaccesskeyid|googleaccessid|signature|sig|se|sv|sp|sr|st|spr|expires|policy|key-pair-id|key)$/i;

/** Names a URL: without a user, a password, a fragment, a signature, and with `***` for secrets in its query. */
export function nameOfUrl(address: string): string {
  const url = URL.parse(address);
  if (url === null) return escapedPath(address);
  url.username = "";
  url.password = "";
  url.hash = "";
  for (const name of new Set(url.searchParams.keys())) {
    if (SIGNED.test(name)) url.searchParams.delete(name);
    else if (isSecretName(name)) url.searchParams.set(name, "***");
  }
  return url.href;
}
