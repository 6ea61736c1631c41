/** Whether a path still names the file that was opened under it. */
import { type BigIntStats, statSync, unlinkSync } from "node:fs";

interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
}

function identify(path: string): Identity | undefined {
  const stat: BigIntStats | undefined = statSync(path, {
    bigint: true,
    throwIfNoEntry: false,
  });
  return stat && { device: stat.dev, inode: stat.ino };
}

function isSame(a: Identity | undefined, b: Identity | undefined): boolean {
  return a?.device === b?.device && a?.inode === b?.inode;
}

/** The files that SQLite keeps beside a database that is in use. */
const COMPANIONS = ["-wal", "-shm"] as const;

/** The file of an open database, by device and inode. */
export class OwnFile {
  readonly #path: string;
  readonly #identity: Identity | undefined;
  #companions: readonly (Identity | undefined)[] = [];

  /** @param path The database, before it is opened. */
  constructor(path: string) {
    this.#path = path;
    this.#identity = identify(path);
  }

  /** Notes the files that SQLite keeps beside it, after it was opened. */
  noteCompanions(): void {
    this.#companions = COMPANIONS.map((suffix) =>
      identify(this.#path + suffix)
    );
  }

  /** Whether it is still there, gone (deleted or renamed), or replaced by another file. */
  get state(): "there" | "gone" | "replaced" {
    const now = identify(this.#path);
    if (now === undefined) return "gone";
    return isSame(now, this.#identity) ? "there" : "replaced";
  }

  /**
   * Removes the files that SQLite left beside its path, because SQLite would apply an old `-wal` to the new
   * file.
   *
   * @throws {Error} If the file system refuses.
   */
  removeCompanions(): void {
    COMPANIONS.forEach((suffix, i) => {
      const identity = this.#companions[i];
      if (identity === undefined) return;
      if (isSame(identify(this.#path + suffix), identity)) {
        unlinkSync(this.#path + suffix);
      }
    });
  }
}
