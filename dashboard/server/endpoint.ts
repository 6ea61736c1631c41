/** What an endpoint is. Each file in `api/` is one. */
import type { ArtifactFolders } from "./artifact_folders.ts";
import type { JobDesk } from "./jobs/job_desk.ts";
import type { LiveChanges } from "./live.ts";
import type { Query } from "./query.ts";
import type { Source } from "./source.ts";
import type { Studies } from "./studies.ts";

/** What endpoints read from. */
export interface Resources {
  readonly source: Source;
  readonly live: LiveChanges;
  readonly artifacts: ArtifactFolders;
  /** Does what takes long. */
  readonly desk: JobDesk;
  readonly studies: Studies;
}

/** An address of the server, and its answer. */
export interface Endpoint<Reply = unknown> {
  /** The path, as hono writes it: `/api/runs/:id`. */
  readonly path: string;
  /** Whether answers hold nothing that JSON lacks (NaN, bigints), so that they can be written quickly. */
  readonly isPlain?: boolean;
  /**
   * Answers a request. A `Response` is sent as it is.
   *
   * @throws {MissingError} If there is no such thing.
   * @throws {RequestError} If the request has a mistake.
   */
  answer(query: Query, resources: Resources): Promise<Reply | Response>;
}
