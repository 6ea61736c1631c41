/** The dashboard as a process of its own. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import process from "node:process";
import type { Readable } from "node:stream";
import { ROOT, runtimeArgs } from "../tests/_shared/run_script.ts";

/** A dashboard that is being served. */
export interface ServedProcess {
  readonly url: string;
  readonly child: ChildProcessByStdio<null, Readable, null>;
}

/** Starts `ato dashboard`; returns its address and its process. */
export async function serve(db: string): Promise<ServedProcess> {
  const words = [
    ...runtimeArgs("run"),
    "cli.ts",
    "dashboard",
    "--db",
    db,
    "--port",
    "0",
  ];
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((done) =>
    child.stdout.once("data", (text) => done(String(text)))
  );
  return { child, url: /http:\S+/.exec(line)?.[0] ?? "" };
}
