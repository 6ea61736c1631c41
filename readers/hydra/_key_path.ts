/**
 * Key paths as OmegaConf writes them: `a.b`, `a[b]`, `[a].b`, `..a`.
 *
 * @module
 */

/** Splits a path into its keys. */
export function splitKey(path: string): string[] {
  const head = /^\.*[^.[]*/.exec(path)![0];
  const keys = head.split(".");
  if (head.length === path.length) return keys;
  if (path[head.length] === "[" && keys.at(-1) === "") keys.pop();
  for (
    const [, dotted, bracketed] of path.slice(head.length).matchAll(
      /\.([^.[]*)|\[(.*?)\]/g,
    )
  ) keys.push(dotted || bracketed || "");
  return keys;
}
