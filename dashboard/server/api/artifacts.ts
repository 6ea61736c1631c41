/** The artifacts of a run, and how each can be shown. */
import type { Artifact } from "../../../tracker/mod.ts";
import type { ArtifactsReply, ShownArtifact } from "../../api_types.ts";
import type { ArtifactFolders } from "../artifact_folders.ts";
import { artifactKind, SNIFFED } from "../artifact_kind.ts";
import type { Endpoint } from "../endpoint.ts";
import { MissingError } from "../reply.ts";

/** The most artifacts of an answer; each is looked at. */
const MOST = 500;

/** `GET /api/runs/ID/artifacts`. */
export const artifacts: Endpoint<ArtifactsReply> = {
  path: "/api/runs/:id/artifacts",
  async answer(query, { source, artifacts: folders }) {
    const run = await source.run(query.runId());
    const shown: ShownArtifact[] = [];
    for (const one of run.artifacts.slice(0, MOST)) {
      shown.push(await look(one, folders, run.environment.cwd));
    }
    return { artifacts: shown };
  },
};

async function look(
  { id, path, type, size, sha256 }: Artifact,
  folders: ArtifactFolders,
  workingFolder: string | undefined,
): Promise<ShownArtifact> {
  const recorded = {
    id,
    path,
    ...(type !== undefined && { type }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
  };
  try {
    const found = await folders.open(path, workingFolder);
    try {
      const head = new Uint8Array(SNIFFED);
      const { bytesRead } = await found.file.read(head, 0, SNIFFED, 0);
      const { view } = artifactKind(path, head.subarray(0, bytesRead));
      const isChanged = size !== undefined && size !== found.size;
      return { ...recorded, view, ...(isChanged && { isChanged }) };
    } finally {
      await found.file.close();
    }
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return { ...recorded, view: "none", reason: error.message };
  }
}
