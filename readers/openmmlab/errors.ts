import { ConfigSyntaxError } from "../errors.ts";

/**
 * An error about an OpenMMLab config that cannot be read: it is not valid Python, it does more than
 * describe data, or it contains a mistake.
 *
 * @example
 * ```ts
 * import { ADict, MmConfigError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${folder}/a.py`, "lr = 0.1\ntext = open('/etc/passwd').read()\n");
 * const error = await assertRejects(() => ADict.fromMmConfig(`${folder}/a.py`), MmConfigError);
 * assertEquals([error.line, error.construct], [2, "open"]);
 * await rm(folder, { recursive: true });
 * ```
 */
export class MmConfigError extends ConfigSyntaxError {
  /** The piece of the file that is wrong, shortened; empty if the error is about the whole file. */
  readonly construct: string;

  /**
   * Creates the error for a place in a file.
   *
   * @param file The file.
   * @param line The line, from 1; `undefined` for the whole file.
   * @param construct The piece of the file.
   * @param reason What is wrong and how to fix it, without a final period.
   */
  constructor(
    file: string,
    line: number | undefined,
    construct: string,
    reason: string,
  ) {
    super(
      file,
      construct === "" ? reason : `${reason} (in \`${construct}\`)`,
      line === undefined ? {} : { line },
    );
    this.name = "MmConfigError";
    this.construct = construct;
  }
}

/**
 * An error about the bases of a config: a base is missing, the bases form a cycle, or two bases set the
 * same key.
 *
 * @example
 * ```ts
 * import { ADict, MmBaseError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${folder}/a.py`, "_base_ = './none.py'\n");
 * const error = await assertRejects(() => ADict.fromMmConfig(`${folder}/a.py`), MmBaseError);
 * assertEquals(error.line, 1);
 * await rm(folder, { recursive: true });
 * ```
 */
export class MmBaseError extends MmConfigError {
  /** The name of the class. */
  override name = "MmBaseError";
}

/**
 * An error about a config that needs more work or memory than the reader allows.
 *
 * @example
 * ```ts
 * import { ADict, MmLimitError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const folder = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${folder}/a.py`, "huge = 10 ** 10 ** 10\n");
 * const error = await assertRejects(() => ADict.fromMmConfig(`${folder}/a.py`), MmLimitError);
 * assertEquals(error.line, 1);
 * await rm(folder, { recursive: true });
 * ```
 */
export class MmLimitError extends MmConfigError {
  /** The name of the class. */
  override name = "MmLimitError";
}

/** A mistake found by code that does not know the place in the file; the caller adds the place. */
export class Fault extends Error {
  /** Whether a limit is exceeded. */
  readonly isLimit: boolean;

  /**
   * @param reason What is wrong, without a final period.
   * @param isLimit Whether a limit is exceeded.
   */
  constructor(reason: string, isLimit = false) {
    super(reason);
    this.isLimit = isLimit;
  }
}
