/** What the value of a secret looks like. Making one needs a key, see `secrets.ts`. */

/** What the value of a secret starts with. */
export const SECRET_MARK = "ato-secret-v1:";

/** Returns the id of the key that made a value; `undefined` if it is not that of a secret. */
export function keyIdOf(value: string): string | undefined {
  const at = value.indexOf(SECRET_MARK);
  return at < 0
    ? undefined
    : value.slice(at + SECRET_MARK.length).split(":", 1)[0];
}
