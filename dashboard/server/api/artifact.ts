/** The bytes of an artifact. Its address has its number, and no path. */
import type { FileHandle } from "node:fs/promises";
import { artifactKind, SNIFFED } from "../artifact_kind.ts";
import type { Endpoint } from "../endpoint.ts";
import { MissingError } from "../reply.ts";

/** The most bytes of the start of a text. */
const MOST_HEAD = 256 * 1024;

/** Bytes that are read at a time. */
const PIECE = 64 * 1024;

/** Whatever the file holds runs nothing, loads nothing, and is of another origin than the page. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'";

/** `GET /api/runs/ID/artifacts/N[?head=BYTES]`. */
export const artifact: Endpoint = {
  path: "/api/runs/:id/artifacts/:artifact",
  async answer(query, { source, artifacts }) {
    const [id, number] = [query.runId(), query.artifactId()];
    const most = query.optionalInteger("head", { min: 1, max: MOST_HEAD });
    const run = await source.run(id);
    const found = run.artifacts.find((one) => one.id === number);
    if (found === undefined) {
      throw new MissingError(
        `Cannot find artifact ${number}: run ${id} has no such artifact`,
      );
    }
    const { path } = found;
    const { file, size } = await artifacts.open(path, run.environment.cwd);
    const kind = artifactKind(path, await orClose(file, () => headOf(file)));
    const how = kind.isSaved ? "attachment" : "inline";
    const isText = most !== undefined;
    return new Response(bytesOf(file, Math.min(size, most ?? size)), {
      headers: {
        "content-type": isText ? "text/plain; charset=utf-8" : kind.type,
        "content-security-policy": POLICY,
        "content-disposition": `${how}; filename*=UTF-8''${fileName(path)}`,
      },
    });
  },
};

async function headOf(file: FileHandle): Promise<Uint8Array> {
  const head = new Uint8Array(SNIFFED);
  const { bytesRead } = await file.read(head, 0, SNIFFED, 0);
  return head.subarray(0, bytesRead);
}

/** A file that cannot be read must not stay open. */
async function orClose<T>(
  file: FileHandle,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads a piece when the client wants one, so that a large file does not fill the memory. */
function bytesOf(file: FileHandle, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const piece = new Uint8Array(Math.min(PIECE, size - at));
      const { bytesRead } = await orClose(
        file,
        () => file.read(piece, 0, piece.length, at),
      );
      at += bytesRead;
      if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
      if (bytesRead > 0 && at < size) return;
      await file.close();
      controller.close();
    },
    cancel: () => file.close(),
  });
}

/** The last part of a path of any system, as RFC 8187 writes it. */
function fileName(path: string): string {
  const name = path.split(/[/\\]/).findLast((part) => part !== "") ??
    "artifact";
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
