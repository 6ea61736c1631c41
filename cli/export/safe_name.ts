/** Characters that file systems and the tools that read the files take as they are. */
const UNSAFE = /[^\p{L}\p{N}_. :/-]/gu;

/**
 * Makes names for files out of any text: none leaves its folder, and no two are the same, not
 * even where the file system ignores case.
 *
 * @param options `slashes`: whether a slash makes a folder.
 * @returns gives a name for each text.
 */
export function safeNames(
  options: { slashes: boolean },
): (text: string) => string {
  const taken = new Set<string>();
  return (text) => {
    const cleaned = text.replace(UNSAFE, "_");
    const parts = options.slashes
      ? cleaned.split("/")
      : [cleaned.replaceAll("/", "_")];
    const base = parts.map(safePart).join("/");
    let name = base;
    for (let n = 2; clashes(name, taken); n++) name = `${base}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** No empty part, no dots that climb, no ends that some file systems drop. */
function safePart(part: string): string {
  const trimmed = part.slice(0, 120).replace(/^[. ]+|[. ]+$/g, "_");
  return trimmed === "" ? "_" : trimmed;
}

/** A file cannot have the name of a folder, nor a folder that of a file. */
function clashes(name: string, taken: ReadonlySet<string>): boolean {
  const lower = name.toLowerCase();
  return [...taken].some((other) =>
    other === lower || other.startsWith(`${lower}/`) ||
    lower.startsWith(`${other}/`)
  );
}
