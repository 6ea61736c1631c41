/**
 * Chooses between the two Deno configs: `deno.json` (JSR, what is published) if JSR answers,
 * otherwise `deno.npm.json` (the same sources over npm packages).
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The registry that third-party names are taken from. */
export type Registry = "jsr" | "npm";

/** The decision of the launcher, and the reason. */
export interface RegistryChoice {
  /** The registry in use. */
  readonly registry: Registry;
  /** Absolute path of its Deno config. */
  readonly config: string;
  /** The reason, as the end of a sentence. */
  readonly why: string;
}

/** Absolute path of the repository. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

const PROBE_URL = "https://jsr.io/@std/assert/meta.json";
// Long enough for a slow connection, short enough not to be noticed without one.
const PROBE_MS = 1500;

/**
 * Decides which config to use. `ATO_REGISTRY=jsr|npm` chooses without a probe.
 *
 * @returns the choice.
 * @throws {RangeError} If `ATO_REGISTRY` is set to anything else.
 */
export async function chooseRegistry(): Promise<RegistryChoice> {
  const wanted = Deno.env.get("ATO_REGISTRY");
  if (wanted !== undefined && wanted !== "") {
    if (wanted !== "jsr" && wanted !== "npm") {
      throw new RangeError(
        `Cannot choose a registry: ATO_REGISTRY is "${wanted}"; set it to jsr or npm`,
      );
    }
    return choice(wanted, `ATO_REGISTRY is ${wanted}`);
  }
  return await jsrAnswers()
    ? choice("jsr", "JSR answers")
    : choice("npm", "JSR does not answer; ATO_REGISTRY=jsr forces it");
}

function choice(registry: Registry, why: string): RegistryChoice {
  const name = registry === "jsr" ? "deno.json" : "deno.npm.json";
  return { registry, config: ROOT + name, why };
}

async function jsrAnswers(): Promise<boolean> {
  try {
    const response = await fetch(PROBE_URL, {
      signal: AbortSignal.timeout(PROBE_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Any failure (no network, a proxy's refusal, a time-out) means the same: JSR is not available.
    return false;
  }
}

/**
 * Prints on stderr which config is in use, and passes it to child processes in the environment.
 *
 * @param chosen The result of {@linkcode chooseRegistry}.
 */
export function announce(chosen: RegistryChoice): void {
  const name = chosen.config.slice(ROOT.length);
  console.error(`ato: using ${name} (${chosen.why})`);
  Deno.env.set("ATO_REGISTRY", chosen.registry);
  Deno.env.set("ATO_DENO_CONFIG", chosen.config);
}

/**
 * Returns the flags that make a Deno subcommand use a config.
 *
 * @param chosen The result of {@linkcode chooseRegistry}.
 * @returns the flags, for the place right after the subcommand.
 */
export function configFlags(chosen: RegistryChoice): string[] {
  const flags = ["--config", chosen.config];
  // The lock file belongs to the npm side; continuous integration must not change it.
  if (chosen.registry === "npm" && Deno.env.get("CI")) flags.push("--frozen");
  return flags;
}
