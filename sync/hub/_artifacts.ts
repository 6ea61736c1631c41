/**
 * The contents of artifacts. A file is sent in pieces, so that memory is bounded, and a file that several runs recorded
 * is sent once. It comes into a folder beside the database, under its SHA-256: its recorded path can be anything.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import type { TravelRecord } from "../../tracker/travel/mod.ts";
import { readJson } from "../../internal/json.ts";
import { makeFolder } from "../../internal/make_folder.ts";
import { isRecord } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";
import { BlobError } from "./_blob.ts";
import { isObjectName } from "./_entry.ts";
import type { Hub } from "./_hub.ts";
import { inOrder } from "./_in_order.ts";

/** The size of a piece in bytes. */
const PIECE = 8 * 1024 * 1024;

/** How many pieces are read at once: they are large. */
const PIECES = 4;

/** The files of a run whose content is known by its hash: the hash, and the path as it was recorded. */
function filesOf(record: TravelRecord): Map<string, string> {
  const files = new Map<string, string>();
  for (const { path, sha256 } of record.tables.artifacts) {
    if (isObjectName(sha256) && typeof path === "string") {
      files.set(sha256, path);
    }
  }
  return files;
}

/** The folder that relative paths of a run start from. */
function folderOf(record: TravelRecord): string {
  const environment = record.tables.attempts.at(-1)?.["environment"];
  const { cwd } =
    readJson<Record<string, unknown>>(environment as string, {}) ??
      {};
  return typeof cwd === "string" ? cwd : ".";
}

/**
 * Sends the files that a run recorded.
 *
 * @returns the objects that list the pieces of those that the hub did not have, by the SHA-256 of the file.
 */
export async function sendArtifacts(
  hub: Hub,
  record: TravelRecord,
  options: {
    readonly known: Readonly<Record<string, string>>;
    readonly onNotice: (line: string) => void;
  },
): Promise<Record<string, string>> {
  const sent: Record<string, string> = {};
  const folder = folderOf(record);
  for (const [sha256, recorded] of filesOf(record)) {
    if (Object.hasOwn(options.known, sha256)) continue;
    const path = isAbsolute(recorded) ? recorded : resolve(folder, recorded);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      options.onNotice(
        `${visible(recorded)} is not sent: it is not there any more`,
      );
    } else if (hashOf(path) !== sha256) {
      options.onNotice(
        `${
          visible(recorded)
        } is not sent: it has changed since it was recorded`,
      );
    } else sent[sha256] = await sendFile(hub, path);
  }
  return sent;
}

function* piecesOf(path: string): Iterable<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE);
      let length = 0;
      while (length < PIECE) {
        const read = readSync(file, piece, length, PIECE - length, null);
        if (read === 0) break;
        length += read;
      }
      if (length > 0) yield piece.subarray(0, length);
      if (length < PIECE) return;
    }
  } finally {
    closeSync(file);
  }
}

function hashOf(path: string): string {
  const hash = createHash("sha256");
  for (const piece of piecesOf(path)) hash.update(piece);
  return hash.digest("hex");
}

async function sendFile(hub: Hub, path: string): Promise<string> {
  const pieces: string[] = [];
  for (const piece of piecesOf(path)) pieces.push(await hub.put("file", piece));
  return await hub.put("content", JSON.stringify({ pieces }));
}

/** Lists the pieces of an artifact. */
export async function piecesIn(hub: Hub, list: string): Promise<string[]> {
  const text = new TextDecoder().decode(await hub.read(list, "content"));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BlobError("the list of an artifact's pieces is not JSON");
  }
  const pieces = isRecord(value) ? value["pieces"] : undefined;
  if (Array.isArray(pieces) && pieces.every(isObjectName)) return pieces;
  throw new BlobError(
    "the list of an artifact's pieces is not what Ato stores",
  );
}

/** Brings the files that a run recorded. */
export async function takeArtifacts(
  hub: Hub,
  record: TravelRecord,
  options: {
    readonly known: Readonly<Record<string, string>>;
    readonly folder: string;
  },
): Promise<void> {
  for (const [sha256, recorded] of filesOf(record)) {
    const list = options.known[sha256];
    if (!isObjectName(list)) continue;
    const folder = join(options.folder, sha256.slice(0, 2), sha256);
    const path = join(folder, safeName(recorded));
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    makeFolder(folder, { mode: 0o700 });
    await takeFile(hub, { list, path, sha256 });
  }
}

async function takeFile(
  hub: Hub,
  { list, path, sha256 }: { list: string; path: string; sha256: string },
): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  const hash = createHash("sha256");
  const file = openSync(part, "wx", 0o600);
  try {
    const pieces = await piecesIn(hub, list);
    const atOnce = Math.min(hub.atOnce, PIECES);
    const read = (name: string) => hub.read(name, "file");
    for await (const piece of inOrder(pieces, atOnce, read)) {
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
    }
  } catch (error) {
    closeSync(file);
    rmSync(part, { force: true });
    throw error;
  }
  closeSync(file);
  if (hash.digest("hex") === sha256) return renameSync(part, path);
  rmSync(part, { force: true });
  throw new BlobError("an artifact is not the one that its hash says");
}

/** A file name without anything that could lead elsewhere. */
function safeName(path: string): string {
  const name = basename(path.replaceAll("\\", "/"))
    .replaceAll(/[^\w.\-]/g, "_").replace(/^\.+/, "").slice(-100);
  return name === "" ? "file" : name;
}
