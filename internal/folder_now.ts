/** The files of a folder at the moment when a program names it. */
import type { BigIntStats } from "node:fs";
import { mayHaveChangedSince, stateOf } from "./file_state.ts";
import { hashAtOnce } from "./hash_at_once.ts";
import { filesIn, type FolderProblem } from "./list_folder.ts";
import { lookAt } from "./look_at.ts";
import type { SeenRead } from "./run_inputs.ts";

/** What is known of a folder at once. */
export interface FolderNow {
  readonly files: readonly SeenRead[];
  readonly problems: readonly FolderProblem[];
  /** Whether these are all files. */
  readonly isWhole: boolean;
  /** Whether there may be files that were just written and are not hashed. */
  readonly hasFresh: boolean;
}

/** The most files that are looked at in the call. */
const MOST = 1_000;

/**
 * Lists a folder, and hashes the files that were just written: of those, nobody could tell later whether they were
 * written before the call.
 *
 * @param folder The folder, with the time of the call.
 * @param bytes The most bytes that are hashed.
 */
export function folderNow(folder: SeenRead, bytes: number): FolderNow {
  const files: SeenRead[] = [];
  const problems: FolderProblem[] = [];
  let hasFresh = false;
  for (const found of filesIn(folder)) {
    if (!("path" in found)) {
      problems.push(found);
      continue;
    }
    if (files.length === MOST) {
      return { files, problems, isWhole: false, hasFresh: true };
    }
    const stats = freshStats(found);
    const isHashed = stats !== undefined && Number(stats.size) <= bytes;
    if (isHashed) bytes -= Number(stats.size);
    else hasFresh ||= stats !== undefined;
    files.push(isHashed ? hashed(found, stats) : found);
  }
  return { files, problems, isWhole: true, hasFresh };
}

/** What the file system says of a file that was just written; `undefined` for others. */
function freshStats({ path, at = 0 }: SeenRead): BigIntStats | undefined {
  const stats = lookAt(path);
  const isFresh = "mtimeNs" in stats && stats.isFile() &&
    mayHaveChangedSince(stateOf(stats), at);
  return isFresh ? stats : undefined;
}

function hashed(read: SeenRead, stats: BigIntStats): SeenRead {
  return { ...read, content: Promise.resolve(hashAtOnce(read.path, stats)) };
}
