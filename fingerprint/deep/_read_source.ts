/** From the URL of a module to JavaScript text. */
import { messageOf } from "../../internal/errors.ts";
import { readFile, stat } from "node:fs/promises";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";
import { isGranted } from "../../internal/runtime.ts";
import { withoutWarning } from "../../internal/runtime.ts";

/** The largest source that is read, in bytes: beyond it a file is generated. */
export const MOST_SOURCE_BYTES: number = 2 * 1024 * 1024;

/** A source that cannot be had; the message says why. */
export class UnreadableSourceError extends Error {
  /** What kind of blind spot it makes. */
  readonly kind: string;
  /** Whether there is no such file. */
  readonly isMissing: boolean;

  constructor(kind: string, message: string, isMissing = false) {
    super(message);
    this.name = "UnreadableSourceError";
    this.kind = kind;
    this.isMissing = isMissing;
  }
}

/**
 * Reads a file of the project.
 *
 * @param url A `file:` URL.
 * @param most How many bytes it may have.
 * @returns its text.
 * @throws {UnreadableSourceError} If it is remote, too large, not there, or must not be read.
 */
export async function readText(
  url: string,
  most: number = MOST_SOURCE_BYTES,
): Promise<string> {
  if (!url.startsWith("file:")) {
    throw new UnreadableSourceError("remote", `${url} is remote`);
  }
  const path = fileURLToPath(url);
  if (!isGranted({ name: "read", path })) {
    throw new UnreadableSourceError(
      "no-permission",
      `there is no permission to read ${path}`,
    );
  }
  try {
    const { size } = await stat(path);
    if (size > most) {
      throw new UnreadableSourceError(
        "too-large",
        `${path} has ${size} bytes, more than ${most}`,
      );
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UnreadableSourceError) throw error;
    const reason = messageOf(error);
    const { code } = error as { code?: unknown };
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new UnreadableSourceError("unreadable", reason, isMissing);
  }
}

/**
 * Reads a module as JavaScript; types are stripped, positions stay.
 *
 * @param url A `file:` URL.
 * @returns its text.
 * @throws {UnreadableSourceError} If it cannot be had.
 */
export async function readModuleText(url: string): Promise<string> {
  const text = (await readText(url)).replace(/^\uFEFF/, "");
  return /\.[cm]?tsx?$/.test(new URL(url).pathname)
    ? stripTypes(text, url)
    : text;
}

/**
 * Replaces the types of TypeScript by spaces.
 *
 * @param text The text of a module.
 * @returns JavaScript; `undefined` if the runtime cannot, e.g. because of an enum.
 */
export function blankTypes(text: string): string | undefined {
  const { stripTypeScriptTypes: strip } = nodeModule;
  if (strip === undefined) return undefined;
  return withoutWarning(/stripTypeScriptTypes|Type Stripping/, () => {
    try {
      return strip(text);
    } catch {
      // The runtime throws errors of many classes; the caller has another way.
      return undefined;
    }
  });
}

function stripTypes(text: string, url: string): string {
  const { stripTypeScriptTypes: strip } = nodeModule;
  if (strip === undefined) {
    throw new UnreadableSourceError(
      "no-type-stripping",
      `${url} is TypeScript, and this runtime cannot strip types`,
    );
  }
  return withoutWarning(/stripTypeScriptTypes|Type Stripping/, () => {
    try {
      return strip(text);
    } catch {
      // Enums and the like are no mere types: they become code, at other positions.
      return transform(text, url, strip);
    }
  });
}

function transform(
  text: string,
  url: string,
  strip: typeof nodeModule.stripTypeScriptTypes,
): string {
  try {
    return strip(text, { mode: "transform" });
  } catch (error) {
    const reason = messageOf(error);
    throw new UnreadableSourceError("syntax", `${url}: ${reason}`);
  }
}
