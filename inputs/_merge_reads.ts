/** The reads of all processes of a run: each path once. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, normalize, sep } from "node:path";
import { attempt } from "../internal/attempt.ts";
import { isUrl } from "./_names.ts";
import type { SeenRead } from "../internal/run_inputs.ts";

/** Returns each path once, as it was at its first read. */
export function mergeReads(reads: Iterable<SeenRead>): SeenRead[] {
  const found = new Map<string, SeenRead>();
  const given: SeenRead[] = [];
  for (const read of reads) {
    const same = { ...read, path: plainPath(read) };
    // Each has a state of its own: one that was given twice may have changed.
    if (read.content !== undefined) {
      given.push(same);
      continue;
    }
    const earlier = found.get(same.path);
    found.set(
      same.path,
      earlier === undefined ? same : merged(earlier, same),
    );
  }
  return [...given, ...found.values()];
}

/** `..` after a link leads elsewhere than its name says, so the folder is resolved. */
function plainPath({ path, kind }: SeenRead): string {
  if (kind === "url" || isUrl(path)) return path;
  const plain = normalize(path);
  const isPlain = !path.split(sep).includes("..") &&
    !path.split("/").includes("..");
  const short = plain.length > 1 && plain.endsWith(sep)
    ? plain.slice(0, -1)
    : plain;
  if (isPlain || !path.isWellFormed()) return short;
  const folder = attempt(() => realpathSync.native(dirname(path)), {
    name: "read",
    path: dirname(path),
  });
  return folder === undefined ? short : join(folder, basename(path));
}

function merged(a: SeenRead, b: SeenRead): SeenRead {
  const [first, later] = isLater(a, b) ? [b, a] : [a, b];
  const isGuess = a.isGuess === true && b.isGuess === true;
  const isExplicit = a.isExplicit === true || b.isExplicit === true;
  const { isGuess: _, isExplicit: __, ...read } = first;
  return {
    ...read,
    ...hashOf(first, later),
    ...(isGuess && { isGuess }),
    ...(isExplicit && { isExplicit }),
  };
}

/** Whether the first of two reads is later than the second: by its time, else by the age of what it read. */
function isLater(a: SeenRead, b: SeenRead): boolean {
  if (a.at !== undefined && b.at !== undefined) return a.at > b.at;
  if (a.mtime === undefined || b.mtime === undefined) return false;
  return BigInt(a.mtime) > BigInt(b.mtime);
}

/** The hash of a later line counts if the file was still the same then. */
function hashOf(first: SeenRead, later: SeenRead): Partial<SeenRead> {
  const { sha256, size } = later;
  if (first.sha256 !== undefined || sha256 === undefined) return {};
  const isSame = (first.mtime === undefined || later.mtime === undefined ||
    first.mtime === later.mtime) &&
    (first.size === undefined || size === undefined || first.size === size);
  if (!isSame) return {};
  return { sha256, ...(size !== undefined && { size }) };
}
