/** The environment of a run in words. */
import type { RunEnvironment } from "../../tracker/mod.ts";

/** Returns what is known, as names and texts. */
export function environmentTexts(
  environment: RunEnvironment,
): [name: string, text: string][] {
  const {
    runtime,
    os,
    cpu,
    memory,
    argv,
    command,
    cwd,
    git,
    lockFile,
    host,
    pid,
  } = environment;
  const facts: [string, string | undefined][] = [
    ["runtime", runtime && `${runtime.name} ${runtime.version ?? ""}`],
    ["system", os && `${os.platform} ${os.release ?? ""} ${os.arch}`],
    ["processor", cpu && `${cpu.count} x ${cpu.model ?? "unknown"}`],
    [
      "memory",
      memory === undefined ? undefined : `${Math.round(memory / 2 ** 20)} MiB`,
    ],
    ["command", (command ?? argv)?.join(" ")],
    ["folder", cwd],
    ["git", git && gitText(git)],
    [
      "lock file",
      lockFile && `${lockFile.name} ${lockFile.sha256.slice(0, 12)}`,
    ],
    ["host", host && `${host}${pid === undefined ? "" : `, process ${pid}`}`],
  ];
  return facts.flatMap(([name, text]) => text ? [[name, text.trim()]] : []);
}

function gitText(
  { commit, branch, dirty }: NonNullable<RunEnvironment["git"]>,
): string {
  return [
    commit?.slice(0, 12),
    branch && `on ${branch}`,
    dirty && "with uncommitted changes",
  ].filter(Boolean).join(" ");
}
