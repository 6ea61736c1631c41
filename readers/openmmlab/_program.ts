import type { Cost } from "./_budget.ts";
import { closePoints } from "./_point.ts";
import { toStatements } from "./_parse_statement.ts";
import { isStandard } from "./_modules.ts";
import { parseTree, Source } from "./_tree.ts";
import type { Expr, Statement } from "./_syntax.ts";
import type { PyDict } from "./_values.ts";

/** A parsed file. */
export interface Program {
  readonly source: Source;
  readonly statements: readonly Statement[];
  /** The expression that `_base_` is set to, if the file sets it. */
  readonly bases: Expr | undefined;
  /** Whether the file is of the newer style, in which imports name bases and classes. */
  readonly isLazy: boolean;
  /** Whether the file uses `_base_` other than to set it, for example to change its content. */
  readonly usesBase: boolean;
  /** The result with these bases, if the file is a base itself; it is never changed. */
  memo?: {
    readonly bases: readonly PyDict[];
    readonly result: PyDict;
    readonly cost: Cost;
  };
}

/** The maximum number of characters of the files whose programs are kept. */
const KEPT = 20_000_000;

const kept = new Map<string, { text: string; program: Program }>();
let size = 0;

/**
 * Parses a file. Hundreds of configs share a base, so the program of a base is kept as long as the text of
 * its file is the same. The program of a config that is not a base is not kept, to save memory.
 */
export function programOf(
  file: string,
  text: string,
  isBase: boolean,
): Program {
  const known = kept.get(file);
  if (known?.text === text) return known.program;
  const program = parse(new Source(file, closePoints(text)));
  if (!isBase) return program;
  if (known !== undefined) size -= known.text.length;
  size += text.length;
  kept.delete(file);
  kept.set(file, { text, program });
  for (const [oldest, entry] of kept) {
    if (size <= KEPT) break;
    kept.delete(oldest);
    size -= entry.text.length;
  }
  return program;
}

function parse(source: Source): Program {
  const statements = toStatements(parseTree(source).kids, source);
  const baseLines = statements.filter(isBaseLine);
  return {
    source,
    statements,
    bases: baseLines[0]?.value,
    isLazy: isLazy(statements),
    usesBase: source.baseMentions > baseLines.length,
  };
}

type Assign = Extract<Statement, { kind: "assign" }>;

function isBaseLine(statement: Statement): statement is Assign {
  if (statement.kind !== "assign") return false;
  const [target] = statement.targets;
  return target?.kind === "name" && target.name === "_base_";
}

/** Detects the style as mmengine does: by the first such statement found, level by level. */
function isLazy(statements: readonly Statement[]): boolean {
  let level = statements;
  while (level.length > 0) {
    for (const statement of level) {
      if (isBaseLine(statement)) return false;
      if (statement.kind === "bases" || isForeignImport(statement)) return true;
    }
    level = level.flatMap(bodiesOf);
  }
  return false;
}

function isForeignImport(statement: Statement): boolean {
  if (statement.kind === "import") {
    return statement.names.some(({ name }) => !isStandard(name));
  }
  if (statement.kind !== "from") return false;
  const { level, module, names } = statement;
  const isConfig = module === "mmengine" && names.length === 1 &&
    names[0]?.name === "Config";
  return level > 0 || !(isConfig || isStandard(module));
}

/** Returns the statements inside a statement. */
export function bodiesOf(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case "if":
      return statement.branches.flatMap(([, body]) => body);
    case "for":
    case "while":
      return [...statement.body, ...statement.otherwise];
    case "def":
    case "bases":
      return statement.body;
    default:
      return [];
  }
}
