/** Real servers on loopback, of Redis, Postgres and others, each with a data folder of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "./free_port.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** The password of the servers: each character of it has a meaning in a URL, in JSON or in SQL. */
export const PASSWORD = `p@s:s/w?o#r%d&"'\\ {ü}`;

/** A server that a test started. */
export interface EngineServer {
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The folder of its data. */
  readonly folder: string;
  /** The address with user and password. */
  readonly url: string;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data. */
  start(): Promise<void>;
  /** Stops its process without ending it, or lets it continue. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Milliseconds in which a server must answer. */
const LIMIT = 60_000;

/** The folder of Postgres's programs; Debian does not put it on the path. */
const POSTGRES_BIN = process.env["ATO_POSTGRES_BIN"] || newestPostgres();

function newestPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return undefined;
  return readdirSync(root).toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

/** The reason for which tests with Redis are skipped; `false` if they are not. */
export const NO_REDIS: string | false =
  spawnSync("redis-server", ["--version"]).status === 0
    ? false
    : "no redis-server is installed; `apt-get install redis-server`";

/** The reason for which tests with Postgres are skipped; `false` if they are not. */
export const NO_POSTGRES: string | false = POSTGRES_BIN === undefined
  ? "no Postgres is installed; `apt-get install postgresql`, or name the folder of its programs with ATO_POSTGRES_BIN"
  : false;

/** The program of NATS. */
const NATS = process.env["ATO_NATS_SERVER"] || "nats-server";

/** The reason for which tests with NATS are skipped; `false` if they are not. */
export const NO_NATS: string | false =
  spawnSync(NATS, ["--version"]).status === 0
    ? false
    : "no nats-server is installed; `apt-get install nats-server`, or name the program with ATO_NATS_SERVER";

/** Options for {@linkcode startRedis}. */
export interface RedisOptions {
  /** Lines of its settings. */
  readonly settings?: readonly string[];
  /** Whether it asks for a password. */
  readonly password?: boolean;
}

/** Starts Redis. */
export async function startRedis(
  { settings = [], password = false }: RedisOptions = {},
): Promise<EngineServer> {
  const [folder, port] = [makeTempFolder("redis"), await freePort()];
  const file = join(folder, "redis.conf");
  const quoted = `"${PASSWORD.replaceAll(/["\\]/g, "\\$&")}"`;
  writeFileSync(
    file,
    [
      `bind 127.0.0.1`,
      `port ${port}`,
      `dir ${folder}`,
      `appendonly yes`,
      // With `everysec`, what a killed server answered for can be lost.
      `appendfsync always`,
      ...password ? [`requirepass ${quoted}`] : [],
      ...settings,
    ].join("\n"),
  );
  const login = password ? `:${encodeURIComponent(PASSWORD)}@` : "";
  return await serve({
    folder,
    port,
    url: `redis://${login}127.0.0.1:${port}/0`,
    command: ["redis-server", file],
    isReady: async () => /^[+-]/.test(await ask(port, "PING\r\n")),
  });
}

/** Starts NATS with JetStream and the user `ato`; more settings are given as an object. */
export async function startNats(settings: object = {}): Promise<EngineServer> {
  const [folder, port] = [makeTempFolder("nats"), await freePort()];
  const file = join(folder, "nats.conf");
  const all = {
    host: "127.0.0.1",
    port,
    jetstream: { store_dir: join(folder, "data") },
    authorization: { user: "ato", password: PASSWORD },
    ...settings,
  };
  // Its own format has JSON as a part.
  writeFileSync(file, JSON.stringify(all));
  return await serve({
    folder,
    port,
    url: `nats://ato:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    command: [NATS, "-c", file],
    isReady: async () => (await ask(port, "")).startsWith("INFO "),
  });
}

/** Starts Postgres, with the user `ato` and the database `team`. */
export async function startPostgres(
  settings: readonly string[] = [],
): Promise<EngineServer> {
  const [folder, port] = [makeTempFolder("postgres"), await freePort()];
  const data = join(folder, "data");
  const as = ownerOf(folder);
  const passwords = join(folder, "password");
  writeFileSync(passwords, PASSWORD);
  const bin = POSTGRES_BIN!;
  must(
    [...as, join(bin, "initdb"), "-D", data, "-U", "ato", "-E", "UTF8"]
      .concat("--locale=C", "-A", "scram-sha-256", "--no-sync")
      .concat(`--pwfile=${passwords}`),
  );
  const options = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    // What a killed server has written is with the system; only a crash of the machine would need more.
    "fsync=off",
    ...settings,
  ].flatMap((setting) => ["-c", setting]);
  const server = await serve({
    folder,
    port,
    url: `postgres://ato:${
      encodeURIComponent(PASSWORD)
    }@127.0.0.1:${port}/team`,
    command: [...as, join(bin, "postgres"), "-D", data, ...options],
    isReady: () =>
      Promise.resolve(
        spawnSync(join(bin, "pg_isready"), [
          "-h",
          "127.0.0.1",
          "-p",
          String(port),
        ]).status === 0,
      ),
  });
  sql(server, "CREATE DATABASE team", "postgres");
  return server;
}

/** Runs statements by `psql`, as the user that owns the server. */
export function sql(
  { port }: EngineServer,
  statements: string,
  database = "team",
): string {
  return must([
    join(POSTGRES_BIN!, "psql"),
    "-qAtX",
    ...["-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", String(port)],
    ...["-U", "ato", "-d", database, "-c", statements],
  ], { PGPASSWORD: PASSWORD });
}

/** Runs a command by `redis-cli`. */
export function redisCli(
  { port }: EngineServer,
  ...words: string[]
): string {
  return must(["redis-cli", "-p", String(port), ...words]);
}

/** The words that start a program as a user who may run Postgres, which refuses to run as root. */
function ownerOf(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  const known = spawnSync("id", ["-u", "postgres"], { encoding: "utf8" });
  const user = known.status === 0 ? Number(known.stdout) : 65_534;
  chownSync(folder, user, user);
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
}

function must(command: string[], env: Record<string, string> = {}): string {
  const [program, ...words] = command;
  const { status, stdout, stderr } = spawnSync(program!, words, {
    encoding: "utf8",
    env: { ...process.env, ...env, LC_ALL: "C" },
    cwd: "/",
  });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** How a server is started. */
export interface Serving {
  /** The folder of its data, which is removed with it. */
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly command: readonly string[];
  readonly isReady: () => Promise<boolean>;
}

/** Starts a server, and waits until it is ready. */
export async function serve(
  { folder, port, url, command, isReady }: Serving,
): Promise<EngineServer> {
  let child: ChildProcess | undefined;
  let ended = Promise.resolve();
  const kill = () => {
    // The processes of Postgres that serve connections would serve them on for a while.
    const served = childrenOf(child?.pid);
    child?.kill("SIGKILL");
    for (const pid of served) killQuietly(pid);
    return ended;
  };
  const start = async () => {
    const [program, ...words] = command;
    const started = spawn(program!, words, { stdio: "ignore", cwd: "/" });
    let isOver = false;
    ended = new Promise((resolve) => {
      started.on("error", () => resolve());
      started.on("exit", () => {
        isOver = true;
        resolve();
      });
    });
    child = started;
    const limit = performance.now() + LIMIT;
    while (!await isReady()) {
      if (isOver || performance.now() > limit) {
        throw new Error(`${program} does not start`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const onExit = () => void kill();
  process.on("exit", onExit);
  await start();
  return {
    port,
    folder,
    url,
    start,
    kill,
    signal: (name) => void child?.kill(name),
    stop: async () => {
      process.off("exit", onExit);
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** The processes that a process started. */
function childrenOf(pid: number | undefined): number[] {
  const words = ["-o", "pid=", "--ppid", String(pid)];
  const { stdout } = spawnSync("ps", words, { encoding: "utf8" });
  return (stdout ?? "").split("\n").map(Number).filter((pid) => pid > 1);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

/** Sends bytes to a port, and resolves to the first answer; to nothing if there is none. */
function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    const end = (answer: string) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(""));
    socket.on("error", () => end(""));
    socket.on("close", () => end(""));
    socket.on("data", (data) => end(String(data)));
    socket.write(text);
  });
}
