import {
  howToInstall,
  loadOptional,
  type OptionalPackage,
} from "../../internal/optional_package.ts";
import { EngineError } from "./errors.ts";

/**
 * Loads a package that an engine needs.
 *
 * @param name Its name.
 * @param all All packages that the engine needs, for the message.
 * @returns what it exports.
 * @throws {EngineError} If it is not installed.
 */
export async function loadPackage<M extends object>(
  name: OptionalPackage,
  all: readonly OptionalPackage[],
): Promise<M> {
  const loaded = await loadOptional<M>(name);
  if (loaded !== undefined) return loaded;
  throw new EngineError(
    "package",
    `Cannot connect to an engine: the package ${name} is not installed; ${
      howToInstall(all)
    }`,
  );
}
