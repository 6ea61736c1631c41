/**
 * Gives the path of a `file:` URL; any other name stays what it is.
 *
 * Both runtimes name files in both ways. (`fileURLToPath` of `node:url` would take 5 ms to load
 * under Deno, at every import of a scope.)
 *
 * @param name A path or a URL.
 * @returns the path, or the URL of what is no local file.
 */
export function toFilePath(name: string): string {
  if (!name.startsWith("file:")) return name;
  const { host, pathname } = new URL(name);
  const path = decode(pathname);
  if (/^\/[A-Za-z]:/.test(path)) return path.slice(1).replaceAll("/", "\\");
  return host === "" ? path : `\\\\${host}${path.replaceAll("/", "\\")}`;
}

/** Decodes what can be decoded: Deno leaves a `%` in a folder's name as it is. */
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
