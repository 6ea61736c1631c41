/** The Hydra whose habits are followed: 1.1 also knows some of 1.0's. */
export type VersionBase = "1.1" | "1.2" | "1.3";

/** Whether the habits of 1.0 are gone. */
export function atLeast12(version: VersionBase): boolean {
  return version !== "1.1";
}
