/** Whether a service keeps the conditions of a write, on which it rests that nobody's runs are lost. */
import { HubError } from "../errors.ts";
import type { S3Client } from "./_client.ts";

/** The clients that write at once. */
const AT_ONCE = 6;
const IGNORES = "ignores the condition of a write (If-None-Match, If-Match)";

/**
 * Tries conditional writes (`If-None-Match` and `If-Match` of RFC 9110, section 13) on an object of its own: a service
 * that does not know them ignores them, and would let the second of two who push overwrite the first.
 *
 * @param client The client.
 * @param options The key of the object, and the address for messages.
 * @throws {HubError} If they are ignored.
 */
export async function tryConditions(
  client: S3Client,
  { key, shown }: { readonly key: string; readonly shown: string },
): Promise<void> {
  const put = async (
    text: string,
    headers: Record<string, string>,
  ): Promise<{ readonly isDone: boolean; readonly etag: string }> => {
    const body = new TextEncoder().encode(text);
    const answer = await client.send({ method: "PUT", key, headers, body });
    return {
      isDone: answer.status === 200,
      etag: answer.headers.get("etag") ?? "",
    };
  };
  const check = (isKept: boolean, what: string): void => {
    if (isKept) return;
    throw new HubError(
      `Cannot make a hub in ${shown}: the service ${what}, so of two people who push at once one could overwrite the ` +
        "other; use Amazon S3, Cloudflare R2, MinIO or another service that has conditional writes, or a folder or Postgres",
      { problem: "other" },
    );
  };
  /** Several at once: a service may look first and write then. */
  const race = async (headers: Record<string, string>): Promise<string> => {
    const all = await Promise.all(
      Array.from(
        { length: AT_ONCE },
        (_, i) => put(`${JSON.stringify(headers)} ${i}`, headers),
      ),
    );
    const done = all.filter(({ isDone }) => isDone);
    // None, if each answer was lost: the last one then tells nothing but that conditions are kept.
    check(done.length <= 1, IGNORES);
    const { headers: found } = await client.send({ method: "GET", key });
    return found.get("etag") ?? "";
  };
  try {
    const first = await race({ "if-none-match": "*" });
    check(first !== "", "does not tell versions of an object apart (ETag)");
    check(!(await put("2", { "if-none-match": "*" })).isDone, IGNORES);
    const second = await race({ "if-match": first });
    check(!(await put("3", { "if-match": first })).isDone, IGNORES);
    check(
      (await put("4", { "if-match": second })).isDone,
      "refuses the condition of a write that holds (If-Match)",
    );
  } finally {
    await removeQuietly(client, key);
  }
}

/** Who may not remove objects can still make a hub; `ato hub gc` removes what is left. */
async function removeQuietly(client: S3Client, key: string): Promise<void> {
  try {
    await client.send({ method: "DELETE", key });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
  }
}
