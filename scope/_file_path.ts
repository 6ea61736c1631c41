/**
 * Returns the path of a `file:` URL, and any other name unchanged.
 *
 * Stack traces of both runtimes contain paths and URLs. (Under Deno, loading `fileURLToPath` of
 * `node:url` would add 5 ms to every import of a scope.)
 *
 * @param name A path or a URL.
 * @returns the path, or the URL of a file that is not local.
 */
export function toFilePath(name: string): string {
  if (!name.startsWith("file:")) return name;
  const { host, pathname } = new URL(name);
  const path = decode(pathname);
  if (/^\/[A-Za-z]:/.test(path)) return path.slice(1).replaceAll("/", "\\");
  return host === "" ? path : `\\\\${host}${path.replaceAll("/", "\\")}`;
}

/** Decodes what can be decoded: Deno does not encode a `%` in the name of a folder. */
function decode(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch (error) {
      if (error instanceof URIError) return encoded;
      throw error;
    }
  });
}
