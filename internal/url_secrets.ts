/**
 * Finds secrets in the addresses of a text: who logs in, and what signs the address.
 *
 * @module
 */
import { isSecretName } from "./secrets.ts";

/** A part of a text that is a secret. */
export interface UrlSecret {
  /** Where it starts. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** What it is: `user`, `password`, or the name of a parameter. */
  readonly name: string;
}

const ADDRESS = /[a-z][a-z\d+.-]{0,30}:\/\/[^\s"'<>`]+/gi;
const PARAMETER = /[?&#;]([^=&#;?]+)=([^&#;]+)/g;
/** Parameters that let in whoever has them. */
const SIGNS =
  /^(?:sig|signature|key|code|x-(?:amz|goog|ms)-(?:signature|credential|security-token))$/i;

/**
 * Lists the secrets in the addresses of a text. The user of a web address is one, too, also
 * of one like `mlflow+https://`, and that of a NATS server: it is often a token.
 *
 * @param text Any text.
 * @returns the parts, from the start of the text; none for a text without addresses.
 */
export function urlSecrets(text: string): UrlSecret[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(ADDRESS)].flatMap(({ 0: address, index }) =>
    [...login(address), ...parameters(address)]
      .map(({ from, to, name }) => ({
        from: from + index,
        to: to + index,
        name,
      }))
  );
}

function login(address: string): UrlSecret[] {
  const start = address.indexOf("://") + 3;
  const end = /[/?#]|$/.exec(address.slice(start))!.index + start;
  const to = address.lastIndexOf("@", end - 1);
  if (to <= start) return [];
  if (/^(?:(?:[a-z][a-z\d]*\+)?https?|nats):/i.test(address)) {
    return [{ from: start, to, name: "user" }];
  }
  const colon = address.indexOf(":", start);
  return colon < 0 || colon + 1 >= to
    ? []
    : [{ from: colon + 1, to, name: "password" }];
}

function parameters(address: string): UrlSecret[] {
  return [...address.matchAll(PARAMETER)].flatMap((found) => {
    const [whole, name = "", value = ""] = found;
    const to = found.index + whole.length;
    return isSecretName(name) || SIGNS.test(name)
      ? [{ from: to - value.length, to, name }]
      : [];
  });
}
