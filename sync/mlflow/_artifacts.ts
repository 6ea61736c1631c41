/** Sends the files that a run recorded, through the server. */
import { createHash } from "node:crypto";
import { createReadStream, openAsBlob, statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import type { Artifact } from "../../tracker/mod.ts";
import { attempt } from "../../internal/attempt.ts";
import { visible } from "../../internal/visible_text.ts";
import { TargetError } from "../targets/errors.ts";
import type { LocalRun, SendContext } from "../targets/target.ts";
import type { MlflowApi } from "./_api.ts";
import { saidBy } from "./_http.ts";

/** A file as the server has it: what the file of runs says, and its name there. */
export interface UploadedArtifact {
  readonly path: string;
  readonly name: string;
  readonly type?: string;
  readonly size?: number;
  readonly sha256?: string;
}

/** The largest file that is sent. */
const LARGEST = 2 ** 31;
/** Milliseconds for a file, and for each of its bytes. */
const TIME_A_FILE = 60_000;
const TIME_A_BYTE = 1 / 100;

/**
 * Names the files of a run on the server: by their path in the folder of the run if they are in it, otherwise by
 * their last name. A file that was recorded several times is named once, as it was last.
 *
 * @param local The run.
 * @returns the files, in the order in which they were recorded.
 */
export function nameArtifacts({ run }: LocalRun): UploadedArtifact[] {
  const last = new Map<string, Artifact>();
  for (const one of run.artifacts) last.set(one.path, one);
  const { cwd } = run.environment;
  const taken = new Set<string>();
  return [...last.values()].map(({ path, type, size, sha256 }) => {
    const name = freeName(wayTo(path, cwd), path, taken);
    return {
      ...{ path, name },
      ...(type !== undefined && { type }),
      ...(size !== undefined && { size }),
      ...(sha256 !== undefined && { sha256 }),
    };
  });
}

function wayTo(path: string, cwd: string | undefined): string {
  const way = isAbsolute(path) && cwd !== undefined
    ? relative(cwd, path)
    : path;
  const parts = way.replaceAll("\\", "/").split("/")
    .filter((part) => part !== "" && part !== ".");
  const isInside = !isAbsolute(way) && !/^[a-z]:|:\/\//i.test(way) &&
    !parts.includes("..");
  return (isInside ? parts : parts.slice(-1))
    .map((part) => part.toWellFormed().replace(/[^\p{L}\p{N}_. -]/gu, "_"))
    .map((part) => /^\.+$/.test(part) ? "_" : part).join("/") || "_";
}

function freeName(name: string, path: string, taken: Set<string>): string {
  const isFree = [...name].length <= 200 && !taken.has(name.toLowerCase()) &&
    !/^ato(\/|$)/i.test(name);
  const free = isFree
    ? name
    : `${createHash("sha256").update(path).digest("hex").slice(0, 16)}_${
      [...name.split("/").at(-1)!].slice(-100).join("")
    }`;
  taken.add(free.toLowerCase());
  return free;
}

/**
 * Sends the files that the server does not have yet. A file that has changed since, or cannot be read, is left out
 * with a notice. Only a file with the recorded content is sent: a path in a file of runs proves nothing, because the
 * file may come from a stranger.
 *
 * @param local The run.
 * @param options The files; those that were sent, by name; where they go; what takes what was sent.
 */
export async function sendArtifacts(
  local: LocalRun,
  options: {
    readonly artifacts: readonly UploadedArtifact[];
    readonly sent: Readonly<Record<string, string>>;
    /** The `artifact_uri` of the run. */
    readonly uri: string;
    readonly api: MlflowApi;
    readonly context: SendContext;
    readonly onSent: (name: string, sha256: string) => void;
  },
): Promise<void> {
  const { artifacts, sent, uri, api, context } = options;
  const open = artifacts.filter(({ name, sha256 }) =>
    sent[name] !== (sha256 ?? NO_DIGEST)
  );
  if (open.length === 0) return;
  const root = rootOf(uri, api.address);
  for (const artifact of open) {
    const skip = (why: string): void => {
      context.notice(`the file ${visible(artifact.path)} was not sent: ${why}`);
      options.onSent(artifact.name, artifact.sha256 ?? NO_DIGEST);
    };
    if (artifact.sha256 === undefined) {
      skip("its content was not recorded (a folder, an address, or missing)");
      continue;
    }
    if (root === undefined) {
      skip(
        `the server does not take files itself (they belong to ${
          visible(uri.replace(/^([a-z0-9+]+:).*$/is, "$1"))
        }); start it with --serve-artifacts`,
      );
      continue;
    }
    const file = await fileOf(local, artifact);
    if (file === undefined) skip("it is gone, or has changed since");
    else if (file.size > LARGEST) skip("it is larger than 2 GiB");
    else {
      await put(`${root}/${artifact.name}`, file.path, {
        ...options,
        size: file.size,
      });
      options.onSent(artifact.name, artifact.sha256);
    }
  }
}

const NO_DIGEST = "-";

async function put(
  path: string,
  file: string,
  { api, context, size }: {
    readonly api: MlflowApi;
    readonly context: SendContext;
    readonly size: number;
  },
): Promise<void> {
  const { status, bytes } = await api.send({
    path: `/api/2.0/mlflow-artifacts/artifacts/${encode(path)}`,
    method: "PUT",
    body: await openAsBlob(file),
    type: "application/octet-stream",
    timeout: TIME_A_FILE + size * TIME_A_BYTE,
  });
  if (status >= 300) {
    const said = saidBy({ status, bytes, type: "application/json" });
    throw new TargetError(
      `Cannot send ${
        visible(file)
      } to ${api.address}: the server answers ${status}${
        said === undefined ? "" : ` (${said})`
      }`,
    );
  }
  context.progress({ bytes: size });
}

/** Writes a path for an address. */
export function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Returns the path under which the server takes the files of a run.
 *
 * @param uri The `artifact_uri` of the run.
 * @param address The address of the server.
 * @returns the path, or `undefined` if the files are elsewhere.
 */
export function rootOf(uri: string, address: string): string | undefined {
  const own = /^mlflow-artifacts:(?:\/\/([^/]*))?\/*(.*)$/.exec(uri);
  const url =
    /^https?:\/\/([^/]*)\/.*?api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/
      .exec(uri);
  const [, host = "", path] = own ?? url ?? [];
  if (path === undefined || (host !== "" && host !== new URL(address).host)) {
    return undefined;
  }
  const parts = path.split("/").filter((part) => part !== "");
  return parts.some((part) => /^\.+$/.test(part)) ? undefined : parts.join("/");
}

/** Finds the file with the recorded content. */
async function fileOf(
  { run, dbPath }: LocalRun,
  { path, sha256, size }: UploadedArtifact,
): Promise<{ path: string; size: number } | undefined> {
  const folders = isAbsolute(path)
    ? [sep]
    : [run.environment.cwd, dirname(dbPath), "."].filter((folder) =>
      folder !== undefined
    );
  for (const folder of new Set(folders.map((folder) => resolve(folder)))) {
    const place = resolve(folder, path);
    const found = attempt(() => statSync(place), { name: "read", path: place });
    if (!found?.isFile() || (size !== undefined && found.size !== size)) {
      continue;
    }
    if (await digestOf(place) === sha256) {
      return { path: place, size: found.size };
    }
  }
  return undefined;
}

async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const part of createReadStream(path)) hash.update(part);
    return hash.digest("hex");
  } catch {
    // It went away, or may not be read: it is not sent, and that is said.
    return undefined;
  }
}
