/** A key that only this user has. It is never stored in a database. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { makeFolder } from "./make_folder.ts";
import { isGranted } from "./runtime.ts";
import { attempt } from "./attempt.ts";

/** Returns the folder where Ato stores its state on this system; it need not exist. */
export function userStateFolder(): string | undefined {
  const { env, platform } = process;
  const value = (variable: string) =>
    isGranted({ name: "env", variable }) ? env[variable] : undefined;
  const own = value("XDG_STATE_HOME");
  if (own) return join(own, "ato");
  if (platform === "win32") {
    const local = value("LOCALAPPDATA");
    return local && join(local, "ato");
  }
  const home = value("HOME");
  return home && join(home, ".local", "state", "ato");
}

/**
 * Reads the key of this user, and makes it if it is missing.
 *
 * @returns 32 bytes as hex; `undefined` if it cannot be read without a prompt, or cannot be stored.
 */
export function userKey(): string | undefined {
  const folder = attempt(userStateFolder);
  if (folder === undefined) return undefined;
  const path = join(folder, "key");
  return read(path) ?? (attempt(() => make(folder, path)), read(path));
}

function read(path: string): string | undefined {
  const text = attempt(() => readFileSync(path, "utf8").trim(), {
    name: "read",
    path,
  });
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

/** Writes it under another name first, so that another process reads the whole key, or none. */
function make(folder: string, path: string): void {
  if (!isGranted({ name: "write" })) return;
  makeFolder(folder, { mode: 0o700 });
  const draft = join(folder, `key.${randomBytes(8).toString("hex")}`);
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, randomBytes(32).toString("hex") + "\n");
    // Fails if another process was first; then the key of that process is used.
    linkSync(draft, path);
  } finally {
    closeSync(file);
    rmSync(draft);
  }
}
