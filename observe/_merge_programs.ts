/** Several programs of one run as one snapshot. */
import type {
  Coverage,
  ProgramModule,
  ProgramSnapshot,
} from "../internal/run_factors.ts";

/**
 * Merges the programs of a run.
 *
 * @param programs The programs, the one that the command names first; all with the same root.
 * @returns one snapshot with the modules of all.
 */
export function mergePrograms(
  programs: readonly [ProgramSnapshot, ...ProgramSnapshot[]],
): ProgramSnapshot {
  const [first] = programs;
  if (programs.length === 1) return first;
  const modules = new Map<string, ProgramModule>();
  const missing = new Set<string>();
  const packages: Record<string, string> = {};
  for (const program of programs) {
    for (const module of program.modules) {
      const known = modules.get(module.path);
      if (known === undefined) modules.set(module.path, module);
      else if (known.sha256 !== module.sha256) {
        missing.add(`${module.path}: changed while the run was going on`);
      } else modules.set(module.path, unite(known, module));
    }
    for (const [name, version] of Object.entries(program.packages)) {
      const all = new Set((packages[name] ?? version).split(", "));
      packages[name] = [...all, version].filter(isFirst).sort().join(", ");
    }
    for (const phrase of program.coverage.missing) missing.add(phrase);
  }
  const files = new Map(
    programs.flatMap(({ files }) => files).map((file) => [file.path, file]),
  );
  return {
    root: first.root,
    entry: first.entry,
    modules: [...modules.values()].sort((a, b) =>
      Number(b.path === first.entry) - Number(a.path === first.entry) ||
      (a.path < b.path ? -1 : 1)
    ),
    packages,
    files: [...files.values()],
    texts: new Map(programs.flatMap(({ texts }) => [...texts])),
    coverage: { level: levelOf(programs, missing.size), missing: [...missing] },
  };
}

/** A piece of a module counts as reached if one of the programs reaches it. */
function unite(a: ProgramModule, b: ProgramModule): ProgramModule {
  const reached = new Set(
    b.pieces.filter(({ reachable }) => reachable).map(({ name }) => name),
  );
  return {
    ...a,
    pieces: a.pieces.map((piece) =>
      reached.has(piece.name) ? { ...piece, reachable: true } : piece
    ),
  };
}

function isFirst(one: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(one) === index;
}

function levelOf(
  programs: readonly ProgramSnapshot[],
  missing: number,
): Coverage["level"] {
  const levels = new Set(programs.map(({ coverage }) => coverage.level));
  if (levels.size === 1 && levels.has("none")) return "none";
  return levels.size === 1 && levels.has("full") && missing === 0
    ? "full"
    : "partial";
}
