/** The factors of runs that recorded none: of earlier versions, of Python ato, of other tools. */
import { configFactors } from "./_config_factors.ts";
import { DEEP_SINCE } from "./_deep_store.ts";
import { environmentFactors } from "./_environment_factors.ts";
import {
  type FactorEntry,
  type FactorRecord,
  factorRecord,
  nothingOf,
} from "./_factor_record.ts";
import { schemaVersion } from "./_schema_version.ts";
import { DEEP_DETAIL, ENVIRONMENT, PROVENANCE } from "./_run_shapes.ts";
import type { Shape } from "./_shapes.ts";
import type { Connection, Row, SqlValue, Statement } from "./driver.ts";
import type { RunEnvironment } from "./environment.ts";
import type { AttemptOf } from "./_factor_store.ts";
import { decodeJson, type TypeNote } from "../internal/json.ts";
import { isRecord } from "../internal/objects.ts";
import type { ConfigHistory, DeepRecord } from "../internal/run_source.ts";

/** The factors of one attempt. */
export interface DerivedFactors extends AttemptOf {
  readonly records: readonly FactorRecord[];
}

/** The parts of an environment that are factors; a diff in it may be large. */
const PARTS = ["runtime", "os", "cpu", "argv"] as const;
const PART_PATHS = PARTS.map((name) => `'$.${name}'`).join(", ");

/** Selects what factors are derived from; the caller adds the condition. */
export const DERIVE_FROM: string =
  `SELECT e.id, e.attempt, e.config, e.seed, d.config_types, d.provenance,
     (SELECT CASE WHEN json_valid(a.environment) THEN json_extract(a.environment, ${PART_PATHS}) END
      FROM attempts a WHERE a.run_id = e.id ORDER BY a.attempt DESC LIMIT 1) AS environment
   FROM experiments e LEFT JOIN run_details d ON d.run_id = e.id`;

/** Derives factors, and remembers what runs have in common. */
export class FactorDeriver {
  readonly #code: CodeDeriver;
  readonly #environments = new Map<string, FactorRecord>();
  readonly #histories = new Map<string, ConfigHistory | undefined>();

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#code = new CodeDeriver(connection);
  }

  /** Derives the factors of a run from a row of {@linkcode DERIVE_FROM}. Damage makes a dimension unknown. */
  derive(row: Row): DerivedFactors {
    const runId = Number(row["id"]);
    const attempt = Number(row["attempt"] ?? 0);
    const environment = environmentOf(row["environment"]);
    return {
      runId,
      attempt,
      records: [
        this.#config(row, { attempt, environment }),
        this.#environment(environment),
        this.#code.derive(runId),
      ],
    };
  }

  #config(
    row: Row,
    run: { attempt: number; environment: RunEnvironment },
  ): FactorRecord {
    const config = configOf(row);
    if (config === undefined) {
      return factorRecord("config", [], nothingOf("the config is damaged"));
    }
    const record = configFactors({
      config,
      seed: typeof row["seed"] === "string" ? row["seed"] : null,
      words: wordsOf(run.environment),
      history: this.#history(row["provenance"]),
    });
    if (run.attempt <= 1) return record;
    const late = `the config of attempt ${run.attempt} was not recorded`;
    return {
      ...record,
      level: "partial",
      missing: [...record.missing, late],
    };
  }

  #history(text: SqlValue | undefined): ConfigHistory | undefined {
    if (typeof text !== "string") return undefined;
    return remembered(
      this.#histories,
      text,
      () => readAs<ConfigHistory>(text, PROVENANCE),
    );
  }

  #environment(environment: RunEnvironment): FactorRecord {
    const { runtime, os, cpu } = environment;
    return remembered(
      this.#environments,
      JSON.stringify([runtime, os, cpu]),
      () => environmentFactors(environment),
    );
  }
}

/** How many results are remembered; most runs of a project have the same few. */
const REMEMBERED = 1_000;

function remembered<V>(known: Map<string, V>, key: string, make: () => V): V {
  if (known.has(key)) return known.get(key)!;
  const value = make();
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, value);
  return value;
}

/** Reads stored JSON; `undefined` if it is damaged. */
function readAs<T>(
  text: SqlValue | undefined,
  shape: Shape,
  types: readonly TypeNote[] = [],
): T | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value = decodeJson(text, types);
    return shape(value, "") === undefined ? value as T : undefined;
  } catch {
    // Damaged: the dimension is unknown. Reading the run itself reports it.
    return undefined;
  }
}

const LIST: Shape = (value) =>
  Array.isArray(value) ? undefined : "it is not a list";
const OBJECT: Shape = (value) =>
  isRecord(value) ? undefined : "it is not a mapping";

function configOf(row: Row): Record<string, unknown> | undefined {
  const notes = row["config_types"];
  if (notes === null || notes === undefined || notes === "") {
    return readAs(row["config"], OBJECT);
  }
  const types = readAs<TypeNote[]>(notes, LIST);
  return types && readAs(row["config"], OBJECT, types);
}

function environmentOf(text: SqlValue | undefined): RunEnvironment {
  const values = readAs<unknown[]>(text, LIST) ?? [];
  const known = PARTS.map((name, i) => [name, values[i]] as const)
    .filter(([, value]) => value !== null && value !== undefined);
  const environment = Object.fromEntries(known);
  return ENVIRONMENT(environment, "") === undefined ? environment : {};
}

const PRINTS =
  `SELECT f.trace_id, f.fingerprint, NULL AS own, NULL AS detail_id FROM fingerprints f
   WHERE f.run_id = ? AND f.trace_type = 'static' ORDER BY f.trace_id`;
const DEEP_PRINTS =
  `SELECT f.trace_id, f.fingerprint, p.own, p.detail_id FROM fingerprints f
   LEFT JOIN deep_fingerprints p ON p.run_id = f.run_id AND p.trace_id = f.trace_id
   WHERE f.run_id = ? AND f.trace_type = 'static' ORDER BY f.trace_id`;

/** Derives the factors of the code from the fingerprints of traced functions. */
class CodeDeriver {
  readonly #prints: Statement;
  readonly #detail: Statement | undefined;
  readonly #records = new Map<string, FactorRecord>();
  readonly #details = new Map<string, readonly FactorEntry[]>();

  constructor(connection: Connection) {
    const isDeep = schemaVersion(connection) >= DEEP_SINCE;
    this.#prints = connection.prepare(isDeep ? DEEP_PRINTS : PRINTS);
    this.#detail = isDeep
      ? connection.prepare("SELECT detail FROM deep_details WHERE id = ?")
      : undefined;
  }

  derive(runId: number): FactorRecord {
    const prints = this.#prints.all(runId);
    return remembered(
      this.#records,
      JSON.stringify(prints.map((row) => Object.values(row).map(String))),
      () => this.#record(prints),
    );
  }

  #record(prints: readonly Row[]): FactorRecord {
    if (prints.length === 0) {
      return factorRecord("code", [], nothingOf("no code was recorded"));
    }
    const factors = prints.flatMap((row) =>
      [
        ...this.#detailOf(row["detail_id"]),
        [`code:${row["trace_id"]}`, String(row["own"] ?? row["fingerprint"])],
      ] as FactorEntry[]
    );
    return factorRecord("code", factors, {
      level: "partial",
      missing: ["only traced functions were recorded"],
    });
  }

  #detailOf(id: SqlValue | undefined): readonly FactorEntry[] {
    if (id === null || id === undefined) return [];
    return remembered(
      this.#details,
      String(id),
      () => entriesOfDetail(this.#detail?.get(id)?.["detail"]),
    );
  }
}

function entriesOfDetail(text: SqlValue | undefined): readonly FactorEntry[] {
  const deep = readAs<DeepRecord>(text, DEEP_DETAIL);
  if (deep === undefined) return [];
  const pieces = deep.dependencies.filter(({ kind }) => kind !== "package");
  return [
    ...pieces.map(({ id, hash }): FactorEntry => [`code:${id}`, hash]),
    ...Object.entries(deep.packages).map(([name, version]): FactorEntry => [
      `package:${name}`,
      version,
    ]),
  ];
}

/** The words of a command line; those of `ato run` are the program's, which are all in the config. */
function wordsOf(
  { argv }: { readonly argv?: readonly string[] },
): readonly string[] | undefined {
  const words = argv?.slice(2);
  return words?.[0] === "run" && words.includes("--") ? [] : words;
}
