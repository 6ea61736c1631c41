/** Takes the files of a run from a server. */
import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../internal/make_folder.ts";
import { safeNames } from "../../internal/safe_name.ts";
import { visible } from "../../internal/visible_text.ts";
import { TargetError } from "../targets/errors.ts";
import type { MlflowApi } from "./_api.ts";

/** A file that was taken. */
export interface TakenFile {
  /** Its path on the server. */
  readonly name: string;
  /** Where it is now. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** The largest file, the most files of a run, and how deep their folders are. */
const LARGEST = 2 ** 31;
const MOST_FILES = 10_000;
const DEEPEST = 20;
/** Milliseconds for a file. */
const TIMEOUT = 30 * 60_000;

/**
 * Takes all files of a run.
 *
 * @param api The server.
 * @param runId The run.
 * @param options The folder, which gets names that are safe whatever the server says; what takes notices.
 * @returns the files. One that is too large, or cannot be read, is left out with a notice.
 */
export async function takeFiles(
  api: MlflowApi,
  runId: string,
  options: { readonly folder: string; readonly notice: (line: string) => void },
): Promise<TakenFile[]> {
  const nameOf = safeNames({ slashes: true });
  const taken: TakenFile[] = [];
  for (const { name, size } of await listFiles(api, runId)) {
    if (size > LARGEST) {
      options.notice(
        `the file ${visible(name)} was not taken: it is larger than 2 GiB`,
      );
      continue;
    }
    const path = join(options.folder, nameOf(name));
    try {
      taken.push({ name, path, ...await takeFile(api, { runId, name, path }) });
    } catch (error) {
      if (!(error instanceof TargetError) || error.isForAll) throw error;
      options.notice(error.message);
    }
  }
  return taken;
}

async function listFiles(
  api: MlflowApi,
  runId: string,
): Promise<{ name: string; size: number }[]> {
  const files: { name: string; size: number }[] = [];
  const folders: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
  const seen = new Set([""]);
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const { path, depth } = at;
    const pages = api.pages((token) =>
      api.get("artifacts/list", {
        run_id: runId,
        ...(path !== "" && { path }),
        ...(token !== "" && { page_token: token }),
      })
    );
    for await (const page of pages) {
      for (const one of page.list("files")) {
        const name = one.text("path");
        if (!one.flag("is_dir")) {
          files.push({ name, size: one.integer("file_size") });
        } else if (!seen.has(name)) {
          seen.add(name);
          folders.push({ path: name, depth: depth + 1 });
        }
        if (
          files.length + seen.size > MOST_FILES || depth > DEEPEST
        ) {
          throw new TargetError(
            `Cannot take the files of run ${runId} at ${api.address}: there are more than ${MOST_FILES}, or their folders are deeper than ${DEEPEST}`,
          );
        }
      }
    }
  }
  return files;
}

async function takeFile(
  api: MlflowApi,
  { runId, name, path }: {
    readonly runId: string;
    readonly name: string;
    readonly path: string;
  },
): Promise<{ size: number; sha256: string }> {
  makeFolder(dirname(path), { mode: 0o700 });
  const part = `${path}.${crypto.randomUUID()}.part`;
  const file = openSync(part, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  try {
    const { status } = await api.send({
      path: `/get-artifact?${new URLSearchParams({
        run_uuid: runId,
        run_id: runId,
        path: name,
      })}`,
      timeout: TIMEOUT,
      most: LARGEST,
      sink: (bytes) => {
        hash.update(bytes);
        size += bytes.length;
        for (let at = 0; at < bytes.length;) {
          at += writeSync(file, bytes, at, bytes.length - at);
        }
      },
    });
    if (status >= 300) {
      throw new TargetError(
        `Cannot take the file ${
          visible(name)
        } from ${api.address}: the server answers ${status}`,
      );
    }
    closeSync(file);
    renameSync(part, path);
    return { size, sha256: hash.digest("hex") };
  } catch (error) {
    try {
      closeSync(file);
    } catch {
      // It was closed before the name was refused.
    }
    rmSync(part, { force: true });
    throw error;
  }
}
