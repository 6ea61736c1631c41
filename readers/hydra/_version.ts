/** The version of Hydra whose behaviour is followed; 1.1 includes some behaviour of 1.0. */
export type VersionBase = "1.1" | "1.2" | "1.3";

/** Tells whether the behaviour of 1.0 is removed. */
export function atLeast12(version: VersionBase): boolean {
  return version !== "1.1";
}
