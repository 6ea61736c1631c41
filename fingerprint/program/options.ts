import type { ParseCache } from "../../internal/run_factors.ts";

/** Options for {@linkcode takeSnapshot}. */
export interface SnapshotOptions {
  /**
   * The folder that paths are relative to.
   *
   * @default {the workspace's root, or the nearest folder of version control or with a manifest}
   */
  readonly root?: string;
  /**
   * The URLs of further modules that the program loads by an address that its source does not tell. All that they
   * export counts as used.
   *
   * @default {[]}
   */
  readonly also?: readonly string[];
  /**
   * What a module that is a symbolic link is: Node and Bun load the file that it leads to, and take its imports from
   * there (`"real"`); Deno takes them from the place of the link (`"given"`).
   *
   * @default {that of this runtime}
   */
  readonly links?: "real" | "given";
  /** Keeps what parsing gave, so that a file of the same bytes need not be parsed again. */
  readonly cache?: ParseCache;
  /**
   * When the process started, in milliseconds since 1970: a module that changed since makes coverage partial.
   *
   * @default {performance.timeOrigin}
   */
  readonly processStart?: number;
  /**
   * The most text that is kept, in bytes; of files beyond it only the hashes are.
   *
   * @default {20971520}
   */
  readonly most?: number;
}
