import { basename } from "node:path";
import process from "node:process";
import { type Command, EXIT } from "../command.ts";
import { numberOf } from "../option_values.ts";
import { projectNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";

/** The port that is tried if none is given; if it is taken, a free one is used. */
const PORT = 4640;

/** The command `ato dashboard`. */
export const dashboard: Command = {
  name: "dashboard",
  summary: "Serve a page over the runs, until Ctrl-C",
  usage:
    "ato dashboard [--project NAME] [--port N] [--host ADDRESS] [--artifacts FOLDER]… [--open]",
  most: 0,
  options: {
    project: { type: "string" },
    port: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    artifacts: { type: "string", multiple: true },
    open: { type: "boolean", default: false },
  },
  optionHelp: {
    "--project NAME": "The project to show first",
    "--port N":
      "The port; 0 for a free one (default: 4640, or a free one if it is taken)",
    "--host ADDRESS":
      "The address to listen on (127.0.0.1); if other machines can reach it, the printed address has a token that requests need",
    "--artifacts FOLDER":
      "A folder whose files may be shown if they are artifacts, besides the folder of the file of runs; can be given several times",
    "--open": "Open the page in the browser",
  },
  examples: [
    ["ato dashboard --open", "look at the runs of the file in this folder"],
    ["ato dashboard --db runs.db --port 0", "on a free port"],
  ],
  async run({ options, terminal, json, dbPath, finder }) {
    const path = await dbPath();
    const project = typeof options.project === "string"
      ? await projectNamed(await finder(), [options.project])
      : undefined;
    const { serveInThread } = await import("../../dashboard/mod.ts");
    // Before anything is printed: who reads the address may send the signal at once.
    const signals = new Signals();
    try {
      const served = await withPort(options.port, (port) =>
        serveInThread({
          dbPath: path,
          port,
          host: String(options.host),
          artifactFolders: [options.artifacts ?? []].flat().map(String),
          onWarning: (line) => terminal.warn(`ato: ${line}`),
        }));
      const url = project === undefined
        ? served.url
        : `${served.url}#/runs/${encodeURIComponent(project)}`;
      if (json) terminal.json({ url, port: served.port });
      else {
        terminal.line(`${basename(path)} is shown at ${url} (Ctrl-C ends it)`);
      }
      if (options.open === true) await openInBrowser(url, terminal);
      const failure = await Promise.race([signals.first, served.failure]);
      await served.close();
      if (failure !== undefined) throw failure;
    } finally {
      signals.ignore();
    }
    return EXIT.ok;
  },
};

/** Serves at the given port; without one at the usual port, or at a free one if it is taken. */
async function withPort<Served>(
  given: unknown,
  serve: (port: number) => Promise<Served>,
): Promise<Served> {
  if (given !== undefined) {
    const bounds = { min: 0, max: 65_535, whole: true };
    return await serve(numberOf(given, "--port", bounds));
  }
  try {
    return await serve(PORT);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code !== "EADDRINUSE") throw error;
    return await serve(0);
  }
}

/** Ctrl-C, and the signal that ends services. */
class Signals {
  /** Resolves at the first one. */
  readonly first: Promise<void>;
  readonly #names = process.platform === "win32"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  #onSignal: () => void = () => {};

  /** Starts to listen. */
  constructor() {
    this.first = new Promise((done) => this.#onSignal = () => done());
    for (const name of this.#names) process.on(name, this.#onSignal);
  }

  /** Stops to listen. */
  ignore(): void {
    for (const name of this.#names) process.off(name, this.#onSignal);
  }
}

/** A browser that cannot be started is no reason to end: the address is printed. */
async function openInBrowser(url: string, terminal: Terminal): Promise<void> {
  const { spawn } = await import("node:child_process");
  const [command, ...args] = process.platform === "darwin"
    ? ["open", url]
    : process.platform === "win32"
    ? ["rundll32", "url.dll,FileProtocolHandler", url]
    : ["xdg-open", url];
  const child = spawn(command!, args, { stdio: "ignore", detached: true });
  child.once(
    "error",
    () =>
      terminal.warn(
        "ato: no browser could be started; open the address by hand",
      ),
  );
  child.unref();
}
