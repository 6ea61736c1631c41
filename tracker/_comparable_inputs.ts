/** Makes the inputs of runs comparable: what says nothing about a difference becomes unknown. */
import { NumberMap } from "../internal/number_map.ts";
import { LayeredFactors } from "../internal/layered_factors.ts";
import type { RunFacts } from "../internal/run_facts.ts";
import {
  inputValue,
  kindOfValue,
  nameOfInput,
  readListing,
  UNREADABLE,
  UNSET,
} from "../internal/run_inputs.ts";

/** The runs of a history. */
interface Runs {
  readonly a: RunFacts;
  readonly b: RunFacts;
  readonly others: readonly RunFacts[];
}

type Inputs = ReadonlyMap<string, string>;

/** Where inputs and listings are. */
export interface InputSource {
  /** Returns the inputs of a run; runs that share a set share the map. */
  readonly inputsOf: (run: RunFacts) => Inputs;
  /** Returns a stored text by its SHA-256. */
  readonly textOf: (sha256: string) => string | undefined;
}

/** The most files of a folder that are compared one by one. */
const MOST_FILES = 5_000;

/** The inputs of a set as they are compared, and what is not known of them. */
interface Compared {
  readonly inputs: Inputs;
  readonly notes: readonly string[];
}

/**
 * Makes the inputs of runs comparable.
 *
 * - A folder that is one input in some runs, and single files in others, is compared file by file.
 * - What is unreadable, and a value that was made in another way than that of the first run (an HMAC with another
 *   key, an `ETag` where others have a content), is unknown.
 */
export function withComparableInputs(runs: Runs, source: InputSource): Runs {
  const { a, b, others } = runs;
  const sets = new Set([a, b, ...others].map(source.inputsOf));
  const known = new Map<Inputs, Compared>(
    [...sets].map((inputs) => [inputs, { inputs, notes: [] }]),
  );
  expandFolders(known, source);
  removeForeign(known);
  const compared = (run: RunFacts): RunFacts => {
    const own = source.inputsOf(run);
    const found = known.get(own);
    return found === undefined || found.inputs === own
      ? run
      : withInputs(run, own, found);
  };
  return { a: compared(a), b: compared(b), others: others.map(compared) };
}

/**
 * Tells whether inputs can be compared as they are: {@linkcode withComparableInputs} would change nothing.
 *
 * @param sets The inputs of the runs by numbers: name, value, name, value.
 * @param values The values by their numbers.
 */
export function areComparable(
  sets: readonly (readonly number[])[],
  values: ReadonlyMap<number, string>,
): boolean {
  /** The kinds of values, by their numbers and by those of their names. */
  const kindOf = new NumberMap<string>();
  const kinds = new NumberMap<string>();
  for (const members of sets) {
    for (let at = 0; at < members.length; at += 2) {
      const [name, number] = [members[at]!, members[at + 1]!];
      let kind = kindOf.get(number);
      if (kind === undefined) {
        const value = values.get(number) ?? "";
        kind = inputValue(value).is === "folder" ? "" : kindOfValue(value);
        if (!kind) return false;
        kindOf.set(number, kind);
      }
      if (kind === UNSET) continue;
      const known = kinds.get(name);
      if (known === undefined) kinds.set(name, kind);
      else if (known !== kind) return false;
    }
  }
  return true;
}

function withInputs(run: RunFacts, own: Inputs, found: Compared): RunFacts {
  const { sets: _, ...rest } = run;
  const layers = run.factors instanceof LayeredFactors
    ? run.factors.layers.filter((layer) => layer !== own)
    : [new Map([...run.factors].filter(([id]) => !own.has(id)))];
  const { level, missing } = run.coverage.inputs;
  const notes = found.notes.filter((note) => !missing.includes(note));
  return {
    ...rest,
    factors: new LayeredFactors([...layers, found.inputs]),
    coverage: {
      ...run.coverage,
      inputs: {
        level: notes.length > 0 && level === "full" ? "partial" : level,
        missing: [...missing, ...notes],
      },
    },
  };
}

/** Replaces folders by their files where other runs have files of them. */
function expandFolders(
  known: Map<Inputs, Compared>,
  { textOf }: InputSource,
): void {
  const folders = mixedFolders([...known.keys()]);
  if (folders.size === 0) return;
  for (const [key, { inputs, notes }] of known) {
    if (![...inputs.keys()].some((id) => folders.has(id))) continue;
    const files = new Map(inputs);
    const more: string[] = [];
    for (const id of folders) {
      const found = inputValue(inputs.get(id) ?? "");
      if (found.is !== "folder") continue;
      files.delete(id);
      const listing = found.files <= MOST_FILES
        ? textOf(found.sha256)
        : undefined;
      if (listing === undefined) {
        more.push(
          `${nameOfInput(id)}: its files cannot be compared one by one`,
        );
      }
      for (const { way, sha256, bytes } of readListing(listing ?? "")) {
        const file = id === ROOT ? `input:${way}` : `${id}/${way}`;
        if (!files.has(file)) files.set(file, `sha256:${sha256},${bytes}`);
      }
    }
    known.set(key, { inputs: files, notes: [...notes, ...more] });
  }
}

/** The project's root as an input: the files beside each other in it. */
const ROOT = "input:.";

/** Finds folders that are one input in some sets, and of which other sets have files. */
function mixedFolders(sets: readonly Inputs[]): Set<string> {
  const folders = new Set(
    sets.flatMap((inputs) =>
      [...inputs].filter(([, value]) => value.startsWith("tree:"))
        .map(([id]) => id)
    ),
  );
  const mixed = new Set<string>();
  if (folders.size === 0) return mixed;
  for (const inputs of sets) {
    for (const id of inputs.keys()) {
      for (const folder of foldersAbove(id)) {
        if (folders.has(folder) && !inputs.has(folder)) mixed.add(folder);
      }
    }
  }
  return mixed;
}

function* foldersAbove(id: string): Iterable<string> {
  if (!id.startsWith("input:")) return;
  for (let at = id.lastIndexOf("/"); at > 0; at = id.lastIndexOf("/", at - 1)) {
    yield id.slice(0, at);
  }
  if (!id.includes("/") && id !== ROOT) yield ROOT;
}

/** Removes values that cannot be compared with that of the first run that has one. */
function removeForeign(known: Map<Inputs, Compared>): void {
  const kinds = new Map<string, string>();
  for (const { inputs } of known.values()) {
    for (const [id, value] of inputs) {
      const kind = kindOfValue(value);
      if (kind !== undefined && kind !== UNSET && !kinds.has(id)) {
        kinds.set(id, kind);
      }
    }
  }
  for (const [key, { inputs, notes }] of known) {
    const foreign = [...inputs].filter(([id, value]) =>
      value !== UNSET && kindOfValue(value) !== kinds.get(id) ||
      value === UNREADABLE
    );
    if (foreign.length === 0) continue;
    const rest = new Map(inputs);
    for (const [id] of foreign) rest.delete(id);
    const more = foreign.map(([id, value]) =>
      `${nameOfInput(id)}: ${reasonOf(value)}`
    );
    known.set(key, { inputs: rest, notes: [...notes, ...more] });
  }
}

function reasonOf(value: string): string {
  const { is } = inputValue(value);
  if (is === "unreadable") return "its content is not known";
  return is === "secret"
    ? "it was hashed with another key, or not hashed with a key in another run"
    : "it was recorded in another way in another run";
}
