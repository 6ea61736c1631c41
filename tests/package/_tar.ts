/** Reading tar archives, as far as `deno publish` writes them. */

/** A file of an archive. */
export interface TarFile {
  /** Its path, without a leading `./` or `/`. */
  readonly path: string;
  /** What it holds. */
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const DECODER = new TextDecoder();

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return DECODER.decode(end < 0 ? field : field.subarray(0, end));
}

/** The path in an extended header: records of `<length> path=<path>\n`. */
function extendedPath(bytes: Uint8Array): string | undefined {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(DECODER.decode(bytes.subarray(at, space)));
    const record = DECODER.decode(bytes.subarray(space + 1, at + length - 1));
    if (record.startsWith("path=")) return record.slice("path=".length);
    at += length;
  }
  return undefined;
}

/**
 * Reads an archive.
 *
 * @param archive The archive, not compressed.
 * @returns its files.
 */
export function readTar(archive: Uint8Array): TarFile[] {
  const files: TarFile[] = [];
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = parseInt(textAt(header, 124, 12).trim(), 8);
    const bytes = archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const kind = String.fromCharCode(header[156]!);
    // GNU's and POSIX's ways to write a path that is longer than its field.
    if (kind === "L") longPath = textAt(bytes, 0, size);
    else if (kind === "x") longPath = extendedPath(bytes);
    else {
      if (kind === "0" || kind === "\0") {
        const prefix = textAt(header, 345, 155);
        const short = textAt(header, 0, 100);
        const path = longPath ?? (prefix === "" ? short : `${prefix}/${short}`);
        files.push({ path: path.replace(/^\.?\//, ""), bytes });
      }
      longPath = undefined;
    }
  }
  return files;
}
