import type { Command } from "./command.ts";

/** All commands, in the order of `ato --help`; each is loaded when it is called. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  runs: async () => (await import("./commands/runs.ts")).runs,
  show: async () => (await import("./commands/show.ts")).show,
  inputs: async () => (await import("./commands/inputs.ts")).inputs,
  projects: async () => (await import("./commands/projects.ts")).projects,
  why: async () => (await import("./commands/why.ts")).why,
  bisect: async () => (await import("./commands/bisect.ts")).bisect,
  repeat: async () => (await import("./commands/repeat.ts")).repeat,
  run: async () => (await import("./commands/run.ts")).run,
  logs: async () => (await import("./commands/logs.ts")).logs,
  dashboard: async () => (await import("./commands/dashboard.ts")).dashboard,
  best: async () => (await import("./commands/best.ts")).best,
  similar: async () => (await import("./commands/similar.ts")).similar,
  diff: async () => (await import("./commands/diff.ts")).diff,
  compare: async () => (await import("./commands/compare.ts")).compare,
  plot: async () => (await import("./commands/plot.ts")).plot,
  search: async () => (await import("./commands/search.ts")).search,
  trace: async () => (await import("./commands/trace.ts")).trace,
  tag: async () => (await import("./commands/tag.ts")).tag,
  note: async () => (await import("./commands/note.ts")).note,
  delete: async () => (await import("./commands/delete.ts")).deleteCommand,
  restore: async () => (await import("./commands/restore.ts")).restore,
  gc: async () => (await import("./commands/gc.ts")).gc,
  merge: async () => (await import("./commands/merge.ts")).merge,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  config: async () => (await import("./commands/config.ts")).config,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  completions: async () =>
    (await import("./commands/completions.ts")).completions,
};
