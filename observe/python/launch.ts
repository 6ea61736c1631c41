/** What a launch folder needs so that Pythons below it are observed. */
import { delimiter, join } from "node:path";
import { OBSERVE_VARIABLE } from "../../internal/observation.ts";
import { ASSETS } from "./assets.ts";

/** Files to write and variables to set before a program is started. */
export interface Launch {
  /** The text of each file, by its absolute path. Their folders have mode 0700. */
  readonly files: ReadonlyMap<string, string>;
  /** The variables to set. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Returns what makes each Python that a program starts write its observations into `<folder>/observations`.
 *
 * Nothing is installed: Python imports `sitecustomize` from the first entry of `PYTHONPATH`. The one that it would
 * import without Ato is run afterwards.
 *
 * @param folder The launch folder, an absolute path.
 * @param env The environment that the program has without Ato.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pythonLaunch } from "./launch.ts";
 *
 * const { env } = pythonLaunch("/tmp/launch", { PYTHONPATH: "src" });
 * assertEquals(env.PYTHONPATH, "/tmp/launch/python:src");
 * assertEquals(env.ATO_OBSERVE, "/tmp/launch/observations");
 * ```
 */
export function pythonLaunch(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Launch {
  const own = join(folder, "python");
  const before = env["PYTHONPATH"];
  return {
    files: new Map(
      Object.entries(ASSETS).map(([name, text]) => [join(own, name), text]),
    ),
    env: {
      [OBSERVE_VARIABLE]: join(folder, "observations"),
      // An empty entry would mean the working folder.
      PYTHONPATH: before ? `${own}${delimiter}${before}` : own,
      // Tells the observer that the variable was there, and empty.
      ...(before === "" ? { ATO_PYTHONPATH: "" } : {}),
    },
  };
}
