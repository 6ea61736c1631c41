import type { Command } from "./command.ts";

/** Every command, loaded when it is called. In the order of `ato --help`. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  runs: async () => (await import("./commands/runs.ts")).runs,
  why: async () => (await import("./commands/why.ts")).why,
};
