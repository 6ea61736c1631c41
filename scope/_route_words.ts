import { formatPath } from "../internal/key_path.ts";
import type {
  AssignmentWord,
  CommandLineWord,
  ViewWord,
} from "./command_line.ts";
import type { RoutedWord } from "./_assign_path.ts";
import type { ScopeCore } from "./_core.ts";
import { CommandLineError, UnknownViewError } from "./errors.ts";
import { nearestName } from "../internal/names.ts";
import { RESERVED } from "./_views.ts";

/**
 * Assigns to each scope the words that start with its name, and removes the name.
 *
 * @param cores The scopes.
 * @param words The words of the command line.
 * @returns the words of each scope.
 * @throws {CommandLineError} If an assignment does not belong to a scope.
 * @throws {UnknownViewError} If no scope has a view, or several scopes have it.
 */
export function routeWords(
  cores: readonly ScopeCore[],
  words: readonly CommandLineWord[],
): Map<ScopeCore, CommandLineWord[]> {
  const routed = new Map(cores.map((core) => [core, [] as CommandLineWord[]]));
  for (const word of words) {
    if (word.kind === "assignment") {
      const core = ownerOf(cores, word);
      const prefix = `${core.options.name}.`;
      const own: RoutedWord = { ...word, path: word.path.slice(1), prefix };
      routed.get(core)!.push(own);
    } else if (!RESERVED.has(word.name)) {
      const [core, name] = findView(cores, word);
      routed.get(core)!.push({ ...word, name });
    }
  }
  return routed;
}

function ownerOf(cores: readonly ScopeCore[], word: AssignmentWord): ScopeCore {
  const [first] = word.path;
  const core = cores.find((core) => core.options.name === first);
  const names = cores.map((core) => core.options.name);
  if (core !== undefined && word.path.length > 1) return core;
  const rest = formatPath(word.path.slice(1));
  const near = nearestName(String(first), names, { slips: 1, shortest: 2 });
  const fix = core !== undefined
    ? `write ${first}.key=value`
    : near !== undefined && rest !== ""
    ? `did you mean ${near}.${rest}?`
    : `write ${
      names.map((name) => `${name}.${formatPath(word.path)}=…`).join(" or ")
    }`;
  throw new CommandLineError(
    `Cannot set ${
      formatPath(word.path)
    } by "${word.text}": it does not start with the name of a scope ` +
      `and a key; ${fix}`,
    { word: word.text, column: 1 },
  );
}

function findView(
  cores: readonly ScopeCore[],
  word: ViewWord,
): [ScopeCore, string] {
  for (const core of cores) {
    const prefix = `${core.options.name}.`;
    if (word.name.startsWith(prefix)) {
      return [core, word.name.slice(prefix.length)];
    }
  }
  const having = cores.filter((core) => core.views.has(word.name));
  if (having.length === 1) return [having[0]!, word.name];
  throw having.length > 1
    ? ambiguousView(having, word.name)
    : unknownView(cores, word.name);
}

function ambiguousView(
  having: readonly ScopeCore[],
  name: string,
): UnknownViewError {
  const forms = having.map((core) => `${core.options.name}.${name}`);
  return new UnknownViewError(
    `Cannot apply the view ${name}: several scopes have it; write ${
      forms.join(" or ")
    }`,
    name,
  );
}

function unknownView(
  cores: readonly ScopeCore[],
  name: string,
): UnknownViewError {
  const views = cores.flatMap((core) =>
    core.views.all.map((view) => ({
      bare: view.name,
      full: `${core.options.name}.${view.name}`,
    }))
  );
  const all = views.map(({ full }) => full);
  const bare = views.map(({ bare }) => bare);
  const suggestion = nearestName(name, [...RESERVED, ...all, ...bare]);
  const fix = suggestion === undefined
    ? `the views are ${all.join(", ")}`
    : `did you mean ${suggestion}?`;
  return new UnknownViewError(
    `Cannot apply the view ${name}: no scope has it; ${fix}`,
    name,
    suggestion,
  );
}
