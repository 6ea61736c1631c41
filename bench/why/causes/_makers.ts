/** Makers of the causes that the projects share. */
import {
  type Cause,
  cause,
  type CauseKind,
  edit,
  type Planted,
  type ProjectName,
  type Situation,
} from "../types.ts";

/** Makes a cause of one project. */
export type Maker = (
  kind: CauseKind,
  id: string,
  b: Situation,
  planted: readonly Planted[],
  more?: Partial<Cause>,
) => Cause;

/** Makes the maker of a project. */
export function makerOf(project: ProjectName): Maker {
  return (kind, id, b, planted, more) => ({
    id: `${project}-${kind}-${id}`,
    project,
    kind,
    b,
    planted,
    ...more,
  });
}

/** Makes an edit of code that changes the result: the file, the text and its replacement, and names of what it is in. */
export function codeMaker(
  of: Maker,
): (
  id: string,
  change: readonly [file: string, from: string, to: string],
  ...names: readonly string[]
) => Cause {
  return (id, [file, from, to], ...names) => {
    const ids = names.map((name) => `code:${file}#${name}`);
    return of("code", id, { edits: [edit(file, from, to)] }, [cause(...ids)]);
  };
}

/** Makes a word that changes the result; `above` is the key path of the mapping that has it. */
export function wordMaker(
  of: Maker,
  above: "" | "args." = "",
): (id: string, words: string, more?: Partial<Cause>) => Cause {
  return (id, words, more) => {
    const key = `config:${above}${words.split("=")[0]}`;
    return of("config", id, { words: [words] }, [cause(key)], more);
  };
}
