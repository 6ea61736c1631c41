/** Secrets in configs and on command lines: their factors have a code that only this user's key makes. */
import { createHmac } from "node:crypto";
import { SECRET_MARK } from "./secret_values.ts";
import { userKey } from "./user_key.ts";

/** Names of secrets, in lower case, without `_`, `-` and `.`. A name that ends with one is one, too. */
const ENDS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "secretkey",
  "apikey",
  "accesskey",
  "accesskeyid",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "token",
  "credential",
  "credentials",
  "authorization",
  "connectionstring",
  "dsn",
  "cookie",
  "webhook",
  "webhookurl",
];

/** Names that end like a secret and are none: what language models count, and settings of a tokenizer. */
const NOT_SECRET =
  /(?:^|[._-])(?:max|min|n|num|pad|eos|bos|unk|mask|sep|cls|stop|special|start|end|per|next)[._-]?token$/i;

/** Tells whether a written name list takes the value of a key, a flag or a variable for a secret. */
export function isSecretName(name: string): boolean {
  if (NOT_SECRET.test(name)) return false;
  const plain = name.toLowerCase().replace(/[_.-]/g, "");
  return plain === "pwd" || plain === "auth" ||
    ENDS.some((end) => plain.endsWith(end));
}

/** The key of this user, asked for once. */
let known: { readonly key: string | undefined } | undefined;

/**
 * Hides a secret: HMAC-SHA-256 (RFC 2104) over its name and its value.
 *
 * @param name The id of its factor.
 * @param text The value as text.
 * @returns a text that equals that of the same secret under the same key; `undefined` if this user has no
 *   key and none can be stored.
 */
export function hiddenSecret(name: string, text: string): string | undefined {
  known ??= { key: userKey() };
  const { key } = known;
  if (key === undefined) return undefined;
  const code = (what: unknown): string =>
    createHmac("sha256", key).update(JSON.stringify(what)).digest("hex");
  const keyId = code(["ato-key-id-v1"]).slice(0, 16);
  return `${SECRET_MARK}${keyId}:${code(["ato-secret-v1", name, text])}`;
}
