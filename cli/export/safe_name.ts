import { createHash } from "node:crypto";

/** Characters that file systems and the tools that read the files take as they are. */
const UNSAFE = /[^\p{L}\p{N}_. /-]/gu;

/** Names that Windows keeps for devices, whatever comes behind a dot. */
const DEVICE =
  /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/iu;

/** Bytes of a name; file systems take 255 for each part, MLflow 250 for all of it. */
const LONGEST = 200;

/** What has been given away in a folder. */
interface Folder {
  /** Names as a file system without case would compare them. */
  readonly taken: Set<string>;
  /** Where to go on counting, by name. */
  readonly counts: Map<string, number>;
  /** The folders in it, by the part that they stand for. */
  readonly folders: Map<string, { readonly name: string; readonly in: Folder }>;
}

/**
 * Makes names for files out of any text: none leaves its folder, none is too long or a device of
 * Windows, and no two are the same, not even where the file system ignores case. Where one text is
 * the beginning of another (`loss`, `loss/val`), the folder gets another name than the file.
 *
 * @param options `slashes`: whether a slash makes a folder.
 * @returns gives a name for each text.
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

/** A name that nothing in the folder has, neither a file nor a folder. */
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

/** As a file system that ignores case, or stores accents apart, would see it. */
function compared(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase();
}

/** No empty part, no dots that climb, no ends that some file systems drop, no device. */
function safePart(part: string): string {
  const cleaned = part.toWellFormed().replace(UNSAFE, "_")
    .replace(/^[. ]+|[. ]+$/g, "_").replace(DEVICE, "_$&");
  return cleaned === "" ? "_" : cleaned;
}

/** What is too long is cut, and told apart by the digest of the whole text. */
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
