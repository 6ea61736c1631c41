/** A Postgres server of its own for a test file: from Debian's package, on a free port of 127.0.0.1. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { makeTempFolder } from "./temp_folder.ts";

/** Where Debian keeps the programs of its versions. */
const DEBIAN = "/usr/lib/postgresql";

/** The folder with the newest `postgres`; `undefined` if there is none. */
function programs(): string | undefined {
  const given = process.env["ATO_POSTGRES_BIN"];
  if (given) return given;
  if (!existsSync(DEBIAN)) return undefined;
  return readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, "bin"))
    .find((folder) => existsSync(join(folder, "postgres")));
}

/** The reason for which tests with Postgres are skipped; `false` if they are not. */
export const NO_POSTGRES: string | false = programs() === undefined
  ? "Postgres is not installed: apt-get install postgresql"
  : false;

/** A server. */
export interface PostgresServer {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The name of its user, who may do anything. */
  readonly user: string;
  /** The password of the user. */
  readonly password: string;
  /** The address of its database. */
  readonly url: string;
  /** Kills it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again with its data. */
  restart(): Promise<void>;
  /** Runs SQL by `psql`, and returns what it prints. */
  sql(text: string): string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Postgres refuses to run as root. */
const AS_OTHER: readonly string[] = process.getuid?.() === 0
  ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
  : [];

function idOf(kind: "-u" | "-g"): number {
  return Number(
    spawnSync("id", [kind, "postgres"], { encoding: "utf8" }).stdout,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server; the caller stops it. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs()!;
  const folder = makeTempFolder("postgres");
  const data = join(folder, "data");
  const [user, password] = ["ato", "p&ss w0rd"];
  if (AS_OTHER.length > 0) {
    chmodSync(folder, 0o755);
    chownSync(folder, idOf("-u"), idOf("-g"));
  }
  const run = (program: string, args: readonly string[]): string => {
    const [command, ...rest] = [...AS_OTHER, join(bin, program), ...args];
    const { status, stdout, stderr } = spawnSync(command!, rest, {
      encoding: "utf8",
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        PGPASSWORD: password,
        LC_ALL: "C",
      },
    });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}${stdout}`);
    return stdout;
  };
  const secret = join(folder, "password");
  writeFileSync(secret, `${password}\n`);
  run("initdb", [
    ...["-D", data, "-U", user, "--auth=scram-sha-256", "-E", "UTF8"],
    ...[`--pwfile=${secret}`, "--no-sync"],
  ]);
  let port = 0;
  let server: ChildProcess | undefined;
  const isReady = (): boolean =>
    spawnSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${port}`])
      .status === 0;
  const start = async (): Promise<void> => {
    const [command, ...rest] = [
      ...AS_OTHER,
      join(bin, "postgres"),
      ...["-D", data, "-p", `${port}`, "-k", folder],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
      ...["-c", "shared_buffers=16MB", "-c", "max_connections=40"],
    ];
    server = spawn(command!, rest, { cwd: folder, stdio: "ignore" });
    const started = server;
    while (!isReady()) {
      if (started.exitCode !== null) {
        throw new Error(`postgres ended with ${started.exitCode}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("close", resolve));
    ending.kill(signal);
    await ended;
  };
  // Another process can take the port between the look and the start; then another one is tried.
  for (let tries = 0;; tries++) {
    port = await freePort();
    try {
      await start();
      break;
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
  const sql = (text: string): string =>
    run("psql", [
      ...["-h", "127.0.0.1", "-p", `${port}`, "-U", user, "-d", "postgres"],
      ...["-v", "ON_ERROR_STOP=1", "-qAt", "-c", text],
    ]);
  sql("CREATE DATABASE team");
  return {
    port,
    user,
    password,
    url: `postgres://${user}:${
      encodeURIComponent(password)
    }@127.0.0.1:${port}/team`,
    kill: () => end("SIGKILL"),
    restart: start,
    sql,
    async stop() {
      // Fast: open connections are closed.
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
