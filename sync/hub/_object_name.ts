import { visible } from "../../internal/visible_text.ts";
import { HubError } from "./errors.ts";

/** The name of an object: the SHA-256 of its content. */
export const OBJECT_NAME: RegExp = /^[0-9a-f]{64}$/;

/**
 * Refuses what is not the name of an object, before it becomes a part of a path.
 *
 * @param name The name.
 * @param shown The hub, as messages name it.
 * @throws {HubError} If it is none.
 */
export function checkObjectName(name: string, shown: string): void {
  if (OBJECT_NAME.test(name)) return;
  throw new HubError(
    `Cannot use ${shown}: ${visible(name)} is not the name of an object`,
    { problem: "damaged" },
  );
}
