import { ConfigSyntaxError } from "../errors.ts";

/**
 * An OpenMMLab config that cannot be read: it is no Python, it is more than data, or it is wrong.
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
  /** The piece of the file that it is about, shortened; empty if it is about the file as a whole. */
  readonly construct: string;

  /**
   * Makes the error for a place in a file.
   *
   * @param file The file.
   * @param line The line, from 1; `undefined` for the file as a whole.
   * @param construct The piece of the file.
   * @param reason What is wrong and how to mend it, without a final period.
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
 * Configs that build upon each other wrongly: a base that is not there, a cycle, a key that two bases
 * set.
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
 * A config that asks for more work or memory than any config needs.
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

/** A mistake found where the place in the file is not at hand: a place is put to it further out. */
export class Fault extends Error {
  /** Whether it is about a limit. */
  readonly isLimit: boolean;

  /**
   * @param reason What is wrong, without a final period.
   * @param isLimit Whether it is about a limit.
   */
  constructor(reason: string, isLimit = false) {
    super(reason);
    this.isLimit = isLimit;
  }
}
