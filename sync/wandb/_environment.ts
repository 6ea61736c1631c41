import type { RunEnvironment } from "../../tracker/mod.ts";
import type { Message } from "./_decode.ts";

/** The names of systems as W&B and Ato start them. */
const PLATFORMS: Readonly<Record<string, string>> = {
  linux: "linux",
  macos: "darwin",
  darwin: "darwin",
  windows: "win32",
  win32: "win32",
};
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
};

/**
 * Reads what `RunRecord` says of the machine.
 *
 * @throws {ProtobufError} If a part of it is no message.
 */
export function environmentOfRun(run: Message): RunEnvironment {
  return hostAndCommit(run.text(13), run.message(21).text(2));
}

function hostAndCommit(
  host: string | undefined,
  commit: string | undefined,
): RunEnvironment {
  return {
    ...(host !== undefined && { host }),
    ...(commit !== undefined && { git: { commit } }),
  };
}

/**
 * Reads `EnvironmentRecord`: the machine and the program.
 *
 * @throws {ProtobufError} If a part of it is no message.
 */
export function environmentOf(about: Message): RunEnvironment {
  const [python, program, cwd] = [2, 6, 11].map((field) => about.text(field));
  const version = /^(?:CPython )?(\d\S*)$/.exec(python ?? "")?.[1];
  const os = systemOf(about.text(1));
  const [cpus, memory] = [about.integer(16), about.message(21).integer(1)];
  const args = about.texts(5);
  return {
    ...hostAndCommit(about.text(12), about.message(9).text(2)),
    ...(version !== undefined && { runtime: { name: "python", version } }),
    ...(os !== undefined && { os }),
    ...(isCount(cpus) && { cpu: { count: cpus } }),
    ...(isCount(memory) && { memory }),
    ...(program !== undefined && { script: program }),
    ...(program !== undefined && args.length > 0 && {
      argv: [about.text(14) ?? "python", program, ...args],
    }),
    ...(cwd !== undefined && { cwd }),
  };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** Reads `Linux-6.1.0-x86_64-with-glibc2.36`. */
function systemOf(text: string | undefined): RunEnvironment["os"] {
  const [, name, rest = ""] = /^([A-Za-z0-9]+)-(.+)$/.exec(text ?? "") ?? [];
  const platform = PLATFORMS[name?.toLowerCase() ?? ""];
  const arch = /(?:^|-)(x86_64|amd64|aarch64|arm64|x64)(?:-|$)/i.exec(rest);
  if (platform === undefined || arch === null) return undefined;
  const release = rest.slice(0, arch.index);
  const word = arch[1]!.toLowerCase();
  return {
    platform,
    arch: ARCHITECTURES[word] ?? word,
    ...(release !== "" && { release }),
  };
}
