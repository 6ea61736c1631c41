import {
  howToInstall,
  loadOptional,
  type OptionalPackage,
} from "../../internal/optional_package.ts";
import { HubError } from "./errors.ts";

/** A class that a package exports. */
interface WantedClass {
  readonly name: OptionalPackage;
  /** The name of the class. */
  readonly exported: string;
  /** The major version that has it. */
  readonly major: number;
}

/**
 * Loads the class of a client, whose package the user installs.
 *
 * @param shown The hub, as messages name it.
 * @param wanted The package, and its class.
 * @returns the class; `C` is what is used of it.
 * @throws {HubError} If the package is not installed, or has no such class.
 */
export async function loadClient<C>(
  shown: string,
  { name, exported, major }: WantedClass,
): Promise<new (options: object) => C> {
  const loaded = await loadOptional<
    { readonly [name: string]: (new (options: object) => C) | undefined }
  >(name);
  if (loaded === undefined) {
    throw new HubError(
      `Cannot open ${shown}: the package ${name} is not installed; ${
        howToInstall([name])
      }`,
      { problem: "usage" },
    );
  }
  const found = loaded[exported];
  if (found !== undefined) return found;
  throw new HubError(
    `Cannot open ${shown}: the package ${name} has no ${exported}; install version ${major}`,
    { problem: "usage" },
  );
}
