/** The inputs of a run that is being logged: those that the program named, and those that observers saw. */
import { type InputsRecord, inputsRecord } from "./_inputs_store.ts";
import { messageOf } from "../internal/errors.ts";
import { lateInputs } from "../internal/late_inputs.ts";
import type { Coverage } from "../internal/run_factors.ts";
import {
  nameOfInput,
  NOT_OBSERVED,
  ONLY_LOGGED,
  type RunInputs,
  type SeenRead,
  UNREADABLE,
} from "../internal/run_inputs.ts";

/** As a type it is part of what `deno cache` downloads, and not of what a program does. */
type Recorder = Pick<typeof import("../inputs/mod.ts"), "recordInputs">;

/** Options for {@linkcode InputWriter}. */
export interface InputWriterOptions {
  /** The database of the run, an absolute path: it is no input, also in a folder that is named. */
  readonly database: string;
  /** Returns the project's root, from which inputs are named. */
  readonly root: () => Promise<string>;
  /** Writes the inputs of the run, instead of those that it has. */
  readonly write: (record: InputsRecord) => void;
  /** Takes work that must be done, with its error, before the run ends. */
  readonly track: (work: Promise<void>) => void;
}

/** Records inputs as soon as their content is known. */
export class InputWriter {
  readonly #options: InputWriterOptions;
  readonly #given: SeenRead[] = [];
  readonly #known = new WeakMap<Promise<unknown>, Set<string>>();
  #late: RunInputs | undefined;
  #hasChanged = false;
  #isBusy = false;

  /** @param options Where they are written. */
  constructor(options: InputWriterOptions) {
    this.#options = options;
  }

  /** Adds an input that the program named; one that is the same as before adds nothing. */
  add(read: SeenRead): void {
    const { content } = read;
    if (content !== undefined) {
      const key = JSON.stringify([read.path, read.name]);
      const keys = this.#known.get(content) ?? new Set();
      if (keys.has(key)) return;
      this.#known.set(content, keys.add(key));
    }
    this.#given.push(read);
    this.#start();
  }

  /** Takes over what observers saw, instead of what they saw before. */
  take(inputs: RunInputs): void {
    this.#late = inputs;
    this.#start();
  }

  #start(): void {
    this.#hasChanged = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#options.track(this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (this.#hasChanged) {
        this.#hasChanged = false;
        const given = this.#given.length === 0
          ? undefined
          : await this.#record([...this.#given]);
        const inputs = joinedInputs(given, this.#late);
        // What came meanwhile is written with the rest.
        if (inputs !== undefined && !this.#hasChanged) {
          this.#options.write(inputsRecord(inputs));
        }
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #record(reads: readonly SeenRead[]): Promise<RunInputs> {
    try {
      const { recordInputs }: Recorder = await lateInputs();
      return await recordInputs({
        root: await this.#options.root(),
        reads,
        code: ["", "-wal", "-shm", "-journal"].map((end) =>
          this.#options.database + end
        ),
        variables: [],
        gaps: [],
        isObserved: false,
      });
    } catch (error) {
      // E.g. a program that was bundled without its late modules: the run itself is recorded.
      const missing = [`the logged inputs failed: ${messageOf(error)}`];
      return {
        factors: [],
        coverage: { level: "none", missing },
        texts: new Map(),
      };
    }
  }
}

/** Joins what was named and what was seen. */
export function joinedInputs(
  given: RunInputs | undefined,
  late: RunInputs | undefined,
): RunInputs | undefined {
  if (given === undefined || late === undefined) return given ?? late;
  return {
    factors: [...new Map([...late.factors, ...given.factors])],
    coverage: joinedCoverage(given, late),
    texts: new Map([...late.texts, ...given.texts]),
  };
}

function joinedCoverage(given: RunInputs, late: RunInputs): Coverage {
  const isObserved = late.coverage.level !== "none";
  const phrases = [given, late].flatMap(({ coverage }) => coverage.missing)
    .filter((phrase) =>
      phrase !== NOT_OBSERVED && (!isObserved || phrase !== ONLY_LOGGED)
    );
  const missing = [...new Set([...phrases, ...conflicts(given, late)])];
  if (isObserved) {
    return { level: missing.length === 0 ? "full" : "partial", missing };
  }
  const hasInputs = given.factors.length > 0;
  return hasInputs
    ? { level: "partial", missing }
    : { level: "none", missing: [NOT_OBSERVED, ...missing] };
}

function conflicts(given: RunInputs, late: RunInputs): string[] {
  const named = new Map(given.factors);
  return late.factors.flatMap(([id, value]) => {
    const own = named.get(id);
    return own === undefined || own === value || value === UNREADABLE ? [] : [
      `${
        nameOfInput(id)
      }: was logged with another content than it was read with`,
    ];
  });
}
