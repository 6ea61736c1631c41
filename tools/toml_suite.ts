/**
 * Gets the TOML test suite. No npm package carries it; it is a Go module, which Go's own tool
 * fetches and nothing builds.
 *
 * @module
 */
import { ROOT } from "./registry.ts";
import { runCommand } from "./process.ts";

const MODULE = "github.com/toml-lang/toml-test@v1.6.0";
/** What Go makes of its content; it says that it is the one that the tests know. */
const SUM = "h1:lZ9cKL1MmS9iXA8O8pjYSPg8F4afigKluaxxxjQkRJ8=";
const CACHE = `${ROOT}node_modules/.cache/ato-toml-test`;

/** The folder of the suite, or why there is none. */
export type TomlSuite = { readonly path: string } | { readonly why: string };

let found: Promise<TomlSuite> | undefined;

/**
 * Fetches the suite, once.
 *
 * @returns the absolute path of its folder `tests`; or why there is none.
 */
export function tomlSuite(): Promise<TomlSuite> {
  return found ??= find();
}

async function find(): Promise<TomlSuite> {
  const given = Deno.env.get("ATO_TOML_TEST");
  if (given !== undefined && given !== "") return { path: given };
  try {
    return await download();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { why: "there is no Go to fetch it with" };
  }
}

async function download(): Promise<TomlSuite> {
  const { code, output } = await runCommand(
    "go",
    ["mod", "download", "-json", MODULE],
    {
      quiet: true,
      env: {
        GOMODCACHE: CACHE,
        // The sum is compared here, so no other server is asked for it.
        GONOSUMDB: "*",
        GOFLAGS: "-modcacherw",
        GOTOOLCHAIN: "local",
      },
    },
  );
  // What Go prints beside the object tells of its progress.
  const [object] = /\{[^]*\}/.exec(output) ?? [];
  if (code !== 0 || object === undefined) {
    return { why: `Go could not fetch it: ${output.trim()}` };
  }
  const { Dir, Sum }: { Dir?: string; Sum?: string } = JSON.parse(object);
  if (Dir === undefined || Sum !== SUM) {
    return { why: `${MODULE} is not what it was: its sum is ${Sum}` };
  }
  return { path: `${Dir}/tests` };
}
