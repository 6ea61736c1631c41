/** The shapes of the JSON that a run stores. */
import {
  ANYTHING,
  BOOLEAN,
  both,
  either,
  listOf,
  MAPPING,
  NUMBER,
  objectOf,
  oneOf,
  pairOf,
  recordOf,
  SCALAR,
  type Shape,
  TEXT,
  WRITTEN_NUMBER,
} from "./_shapes.ts";
import { DIMENSIONS } from "../internal/run_factors.ts";

/** `experiments.config`. */
export const CONFIG: Shape = MAPPING;

/** `run_details.config_types`. */
export const CONFIG_TYPES: Shape = listOf(
  pairOf(listOf(either(TEXT, NUMBER)), TEXT),
);

/** `experiments.tags`; Python ato stores any value. */
export const TAGS: Shape = listOf(SCALAR);

/** `experiments.error`. */
export const ERROR: Shape = objectOf(
  { name: TEXT, message: TEXT },
  { stack: TEXT },
);

/** `run_details.provenance`. */
export const PROVENANCE: Shape = recordOf(listOf(objectOf(
  { kind: TEXT, by: TEXT },
  {
    value: ANYTHING,
    deleted: BOOLEAN,
    at: objectOf({ file: TEXT, line: NUMBER }, { column: NUMBER, word: TEXT }),
  },
)));

/** `run_details.unread`. */
export const UNREAD: Shape = listOf(TEXT);

/** `attempts.environment`. */
export const ENVIRONMENT: Shape = objectOf({}, {
  runtime: objectOf({ name: TEXT }, { version: TEXT, v8: TEXT }),
  os: objectOf({ platform: TEXT, arch: TEXT }, { release: TEXT }),
  cpu: objectOf({ count: NUMBER }, { model: TEXT }),
  memory: NUMBER,
  argv: listOf(TEXT),
  command: listOf(TEXT),
  scope: TEXT,
  cwd: TEXT,
  script: TEXT,
  git: objectOf({}, {
    commit: TEXT,
    branch: TEXT,
    dirty: BOOLEAN,
    diff: TEXT,
    diffCut: BOOLEAN,
  }),
  lockFile: objectOf({ name: TEXT, sha256: TEXT }),
  pid: NUMBER,
  host: TEXT,
  sqlite: objectOf({ driver: TEXT, version: TEXT }),
});

/** How completely a dimension was recorded. */
export const COVERAGE: Shape = objectOf({
  level: oneOf("full", "partial", "none"),
  missing: listOf(TEXT),
});

/** The factors of a dimension, in a spill file. */
export const FACTOR_RECORD: Shape = both(
  COVERAGE,
  objectOf({
    dimension: oneOf(...DIMENSIONS),
    factors: listOf(pairOf(TEXT, TEXT)),
  }),
);

/** `fingerprints.uses`. */
export const USES: Shape = recordOf(TEXT);

/** `outputs.sketch`. */
export const SKETCH: Shape = objectOf({
  l2: WRITTEN_NUMBER,
  samples: listOf(WRITTEN_NUMBER),
}, {
  count: NUMBER,
  nanCount: NUMBER,
  min: WRITTEN_NUMBER,
  max: WRITTEN_NUMBER,
  mean: WRITTEN_NUMBER,
});

/** `deep_details.detail`. */
export const DEEP_DETAIL: Shape = objectOf({
  dependencies: listOf(objectOf({ id: TEXT, kind: TEXT, hash: TEXT })),
  packages: recordOf(TEXT),
  globals: listOf(TEXT),
  blindSpots: listOf(objectOf({ kind: TEXT, what: TEXT })),
  modules: recordOf(TEXT),
});
