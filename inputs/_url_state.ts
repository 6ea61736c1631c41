/** What a server says of an address, without its content being downloaded. */
import { isGranted } from "../internal/runtime.ts";
import { messageOf } from "../internal/errors.ts";

const TIMEOUT = 10_000;

/**
 * Asks for the `ETag` of an address, or when it was last modified.
 *
 * @param address The address.
 * @param signal Ends the wait.
 * @returns the value of its factor, or why it is not known.
 */
export async function stateOfUrl(
  address: string,
  signal?: AbortSignal,
): Promise<{ readonly value: string } | { readonly problem: string }> {
  if (!isGranted({ name: "net" })) {
    return { problem: "was not asked for its ETag; add --allow-net" };
  }
  try {
    const timeout = AbortSignal.timeout(TIMEOUT);
    const answer = await fetch(withoutFragment(address), {
      method: "HEAD",
      signal: signal === undefined
        ? timeout
        : AbortSignal.any([signal, timeout]),
    });
    await answer.body?.cancel();
    if (!answer.ok) return { problem: `the server answers ${answer.status}` };
    const etag = answer.headers.get("etag");
    if (etag) return { value: `etag:${etag}` };
    const modified = answer.headers.get("last-modified");
    return modified
      ? { value: `modified:${modified}` }
      : { problem: "the server gives neither ETag nor Last-Modified" };
  } catch (error) {
    // The message of a failed fetch may have the whole address in it, with its secrets.
    const reason = messageOf(error).includes("://")
      ? ""
      : `: ${messageOf(error)}`;
    return { problem: `the server could not be asked${reason}` };
  }
}

function withoutFragment(address: string): string {
  const at = address.indexOf("#");
  return at < 0 ? address : address.slice(0, at);
}
