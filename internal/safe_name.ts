import { createHash } from "node:crypto";

/** Characters that are safe in all file systems and for the tools that read the files. */
const UNSAFE = /[^\p{L}\p{N}_. /-]/gu;

/** Names of devices on Windows, with any extension. */
const DEVICE =
  /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/iu;

/** The most bytes of a name; file systems allow 255 per part, MLflow 250 in total. */
const LONGEST = 200;

/** The names in a folder that are taken. */
interface Folder {
  /** Names as a case-insensitive file system compares them. */
  readonly taken: Set<string>;
  /** The last number that was appended, by name. */
  readonly counts: Map<string, number>;
  /** The folders in it, by the part of the text that they stand for. */
  readonly folders: Map<string, { readonly name: string; readonly in: Folder }>;
}

/**
 * Makes file names from any text. No name leaves its folder, is too long or is a device on Windows, and no
 * two names are equal, also on a case-insensitive file system. If one text is the start of another (`loss`,
 * `loss/val`), the folder gets another name than the file.
 *
 * @param options `slashes`: whether a slash makes a folder.
 * @returns a function that returns the name for a text.
 */
export function safeNames(
  options: { slashes: boolean },
): (text: string) => string {
  const root = newFolder();
  return (text) => {
    const parts = shortened(
      options.slashes ? text.split("/") : [text.replaceAll("/", "_")],
      text,
    );
    const names: string[] = [];
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const known = at.folders.get(part);
      const folder = known ?? { name: free(part, at), in: newFolder() };
      if (known === undefined) at.folders.set(part, folder);
      names.push(folder.name);
      at = folder.in;
    }
    return [...names, free(parts.at(-1)!, at)].join("/");
  };
}

function newFolder(): Folder {
  return { taken: new Set(), counts: new Map(), folders: new Map() };
}

/** Finds a name that no file or folder in the folder has. */
function free(part: string, { taken, counts }: Folder): string {
  const base = safePart(part);
  const start = compared(base);
  let name = base;
  for (let n = counts.get(start) ?? 2; taken.has(compared(name)); n++) {
    name = `${base}_${n}`;
    counts.set(start, n + 1);
  }
  taken.add(compared(name));
  return name;
}

/** Folds a name as a file system does that ignores case or decomposes accents. */
function compared(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase();
}

/** Cleans a part: not empty, not `..`, without ends that some file systems drop, not a device. */
function safePart(part: string): string {
  const cleaned = part.toWellFormed().replace(UNSAFE, "_")
    .replace(/^[. ]+|[. ]+$/g, "_").replace(DEVICE, "_$&");
  return cleaned === "" ? "_" : cleaned;
}

/** Cuts a name that is too long; a digest of the whole text keeps it unique. */
function shortened(parts: readonly string[], text: string): readonly string[] {
  const size = (part: string) => new TextEncoder().encode(part).length;
  if (text.length * 3 <= LONGEST || size(text) <= LONGEST) return parts;
  const digest = createHash("sha256").update(text.toWellFormed()).digest("hex");
  let start = "";
  let used = 0;
  for (const char of parts.join("_").slice(0, LONGEST)) {
    used += size(char);
    if (used > LONGEST / 2) break;
    start += char;
  }
  return [`${start}_${digest.slice(0, 16)}`];
}
