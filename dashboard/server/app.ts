/** The addresses of the server. */
import { Hono } from "hono";
import { ASSETS } from "../assets.ts";
import { artifact } from "./api/artifact.ts";
import { artifacts } from "./api/artifacts.ts";
import { consoleOutput } from "./api/console.ts";
import { changes } from "./api/changes.ts";
import { compare } from "./api/compare.ts";
import { curve } from "./api/curve.ts";
import { diffs } from "./api/diffs.ts";
import { events } from "./api/events.ts";
import { importance } from "./api/importance.ts";
import { matches } from "./api/matches.ts";
import { projects } from "./api/projects.ts";
import { run } from "./api/run.ts";
import { runs } from "./api/runs.ts";
import { traces } from "./api/traces.ts";
import { versions } from "./api/versions.ts";
import { sparklines } from "./api/sparklines.ts";
import { studies } from "./api/studies.ts";
import { study } from "./api/study.ts";
import { why } from "./api/why.ts";
import { whyState } from "./api/why_state.ts";
import type { Endpoint, Resources } from "./endpoint.ts";
import { Query } from "./query.ts";
import { errorResponse, jsonResponse, responseFor } from "./reply.ts";
import { type Access, security } from "./security.ts";

/** All endpoints. To add one, write its file in `api/` and name it here. */
const ENDPOINTS: readonly Endpoint[] = [
  projects,
  runs,
  matches,
  run,
  curve,
  consoleOutput,
  artifacts,
  artifact,
  compare,
  diffs,
  why,
  whyState,
  changes,
  traces,
  versions,
  sparklines,
  studies,
  study,
  importance,
  events,
];

/** What the server is made of. */
export interface AppOptions extends Resources {
  readonly access: Access;
  readonly onWarning: (message: string) => void;
}

/** Makes the server's handler of requests. */
export function createApp(
  { access, onWarning, ...resources }: AppOptions,
): Hono {
  const app = new Hono();
  app.use(security(access));
  for (const { path, answer, isPlain } of ENDPOINTS) {
    app.get(path, async (context) => {
      const reply = await answer(new Query(context), resources);
      return reply instanceof Response ? reply : jsonResponse(reply, isPlain);
    });
  }
  for (const [path, asset] of Object.entries(ASSETS)) {
    app.get(
      path,
      () =>
        new Response(asset.text, { headers: { "content-type": asset.type } }),
    );
  }
  app.notFound(() =>
    errorResponse(
      "missing",
      "Cannot find the page: there is no such address",
      404,
    )
  );
  app.onError((error) => responseFor(error, onWarning));
  return app;
}
