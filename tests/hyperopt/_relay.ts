/**
 * An engine for tests with real processes: backends in the memory of the test, and a connection to them over a socket.
 * A process that is killed or frozen neither acks nor extends, as with a real engine.
 */
import { connect as connectSocket, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import {
  type ConnectSearchOptions,
  type HeldLock,
  InProcessBackend,
  type LeasedJob,
  type SearchBackend,
  type SearchJournal,
} from "@ato/ato/hyperopt";

/** The scheme of the URLs. */
export const RELAY = "relay";

interface Request {
  readonly id: number;
  readonly call: string;
  readonly args: readonly unknown[];
}

type Args = readonly [never, never, never, never];

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** An engine for tests. */
export interface Relay {
  /** Its address. */
  readonly url: string;
  /** Connects the test itself. */
  connect(searchId: string): SearchBackend;
  /** Cuts all connections, and refuses new ones, until it is called again with false. */
  cut(isCut: boolean): void;
  /** Ends the engine. */
  end(): Promise<void>;
}

/** Called when a call has been made, and before it is answered, which waits for it. */
export type HoldAnswer = (
  call: string,
  args: readonly unknown[],
) => Promise<void> | void;

/** Starts an engine on a free port. */
export async function startRelay(
  lease: number,
  hold: HoldAnswer = () => {},
): Promise<Relay> {
  const shared = new Map<string, InProcessBackend>();
  const of = (searchId: string) => {
    const found = shared.get(searchId) ??
      new InProcessBackend({ searchId, lease });
    shared.set(searchId, found);
    return found;
  };
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A process that was killed resets its connection.
    socket.on("error", () => {});
    serve(socket, of, hold);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${RELAY}://127.0.0.1:${port}?lease=${lease}`,
    connect: (searchId) => of(searchId).connect(),
    cut(now) {
      isCut = now;
      if (now) { for (const socket of sockets) socket.destroy(); }
    },
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function serve(
  socket: Socket,
  of: (id: string) => InProcessBackend,
  hold: HoldAnswer,
): void {
  let backend: SearchBackend | undefined;
  const jobs = new Map<number, LeasedJob>();
  const locks = new Map<number, HeldLock>();
  const waits = new Map<number, AbortController>();
  const journal = (name: unknown) =>
    name === "" ? backend!.journal : backend!.journalNamed(String(name));
  const calls: Record<
    string,
    (id: number, args: Args, signal: AbortSignal) => unknown
  > = {
    open: (_, [searchId]) => {
      backend = of(searchId).connect();
    },
    append: (_, [name, key, value]) => journal(name).append(key, value),
    read: (_, [name, after, wait, limit], signal) =>
      journal(name).read(after, {
        wait,
        signal,
        ...(limit !== null && { limit }),
      }),
    lock: async (id, [name]) => {
      const lock = await backend!.lock(name);
      if (lock !== undefined) locks.set(id, lock);
      return lock !== undefined;
    },
    extendLock: (_, [id]) => locks.get(id)!.extend(),
    releaseLock: (_, [id]) => locks.get(id)!.release(),
    now: () => backend!.now(),
    publish: (_, [job]) => backend!.publish(job),
    take: async (id, [wait], signal) => {
      const job = await backend!.take({ wait, signal });
      if (job === undefined) return null;
      jobs.set(id, job);
      return { id: job.id, data: job.data, attempt: job.attempt };
    },
    extend: (_, [id]) => jobs.get(id)!.extend(),
    ack: (_, [id]) => jobs.get(id)!.ack(),
    drop: () => backend!.drop(),
    abort: (_, [id]) => waits.get(id)?.abort(),
  };
  readLines(socket, (line) => {
    const { id, call, args } = JSON.parse(line) as Request;
    const wait = new AbortController();
    waits.set(id, wait);
    const answer = (text: Omit<Answer, "id">) => {
      waits.delete(id);
      if (!socket.destroyed) {
        socket.write(`${JSON.stringify({ id, ...text })}\n`);
      }
    };
    void Promise.resolve()
      .then(() => calls[call]!(id, args as Args, wait.signal))
      .then(async (result) => {
        await hold(call, args);
        answer({ result });
      })
      .catch((error) => answer({ error: String(error) }));
  });
  socket.on("close", () => {
    for (const wait of waits.values()) wait.abort();
    void backend?.close();
  });
}

function readLines(socket: Socket, hear: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) hear(line);
  });
}

/** Connects to the engine of a test; a connection that was cut is made again with the next call. */
export function connectRelay(
  url: string,
  { searchId }: ConnectSearchOptions,
): Promise<SearchBackend> {
  const { hostname: host, port, searchParams } = new URL(url);
  const lease = Number(searchParams.get("lease"));
  let last = 0;
  let line: {
    socket: Socket;
    calls: Map<number, PromiseWithResolvers<unknown>>;
  } | undefined;
  const open = () => {
    const socket = connectSocket(Number(port), host);
    const calls = new Map<number, PromiseWithResolvers<unknown>>();
    const mine = { socket, calls };
    line = mine;
    const fail = () => {
      if (line === mine) line = undefined;
      for (const { reject } of calls.values()) {
        reject(new Error("the connection is cut"));
      }
      calls.clear();
    };
    socket.on("error", fail);
    socket.on("close", fail);
    readLines(socket, (text) => {
      const { id, result, error } = JSON.parse(text) as Answer;
      const call = calls.get(id);
      calls.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    });
    send(mine, "open", [searchId]).promise.catch(() => {});
    return mine;
  };
  const send = (
    to: NonNullable<typeof line>,
    call: string,
    args: readonly unknown[],
  ) => {
    const id = last++;
    const answer = Promise.withResolvers<unknown>();
    to.calls.set(id, answer);
    to.socket.write(`${JSON.stringify({ id, call, args })}\n`);
    return { id, promise: answer.promise };
  };
  const ask = (call: string, ...args: unknown[]) =>
    send(line ?? open(), call, args).promise;
  const askUntil = async (
    signal: AbortSignal | undefined,
    call: string,
    ...args: unknown[]
  ) => {
    const on = line ?? open();
    const { id, promise } = send(on, call, args);
    const abort = () => {
      if (on === line) send(on, "abort", [id]).promise.catch(() => {});
    };
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    try {
      return { id, on, result: await promise };
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
  const journalNamed = (name: string): SearchJournal => ({
    append: async (key, value) =>
      await ask("append", name, key, value) as boolean,
    read: async (after, { wait, limit, signal }) =>
      (await askUntil(signal, "read", name, after, wait, limit ?? null))
        .result as never,
  });
  return Promise.resolve({
    searchId,
    lease,
    journal: journalNamed(""),
    journalNamed,
    async lock(name) {
      const { id, result } = await askUntil(undefined, "lock", name);
      if (result !== true) return undefined;
      return {
        extend: async () => await ask("extendLock", id) as boolean,
        release: async () => void await ask("releaseLock", id),
      };
    },
    now: async () => await ask("now") as number,
    publish: async (job) => void await ask("publish", job),
    async take({ wait, signal }) {
      const { id, result } = await askUntil(signal, "take", wait);
      if (result === null) return undefined;
      const job = result as { id: string; data: string; attempt: number };
      return {
        ...job,
        extend: async () => await ask("extend", id) as boolean,
        ack: async () => void await ask("ack", id),
      };
    },
    drop: async () => void await ask("drop"),
    close: () => {
      line?.socket.destroy();
      return Promise.resolve();
    },
  });
}
