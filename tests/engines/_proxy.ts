/** A network between a process and its engine that can be cut. */
import { createConnection, createServer, type Socket } from "node:net";

/** A way of the bytes. */
export type Way = "to server" | "to client";

/** A network to one port. */
export interface Proxy {
  /** The port to connect to. */
  readonly port: number;
  /** Keeps what comes, and passes nothing on. */
  hold(...ways: Way[]): void;
  /** Whether something of the server is kept: it answered. */
  hasAnswer(): boolean;
  /** Lets the connections that there are hang for ever; new ones work. */
  freeze(): void;
  /** Passes on what was kept, and what comes. */
  release(): void;
  /** Breaks all connections; what was kept is lost. */
  cut(): void;
  /** Ends the proxy. */
  close(): Promise<void>;
}

interface Pipe {
  readonly way: Way;
  readonly from: Socket;
  readonly to: Socket;
  readonly kept: Uint8Array[];
  isFrozen: boolean;
}

/** Starts a proxy to a port of this machine. */
export async function startProxy(target: number): Promise<Proxy> {
  const pipes = new Set<Pipe>();
  const sockets = new Set<Socket>();
  let held: readonly Way[] = [];
  const flush = (pipe: Pipe) => {
    if (pipe.isFrozen || held.includes(pipe.way)) return;
    for (const data of pipe.kept.splice(0)) pipe.to.write(data);
  };
  const join = (way: Way, from: Socket, to: Socket) => {
    const pipe: Pipe = { way, from, to, kept: [], isFrozen: false };
    pipes.add(pipe);
    sockets.add(from);
    from.on("data", (data) => {
      pipe.kept.push(data as Uint8Array);
      flush(pipe);
    });
    from.on("error", () => {});
    from.on("close", () => {
      pipes.delete(pipe);
      // A lost packet does not tell that the other side is gone.
      if (!pipe.isFrozen && !held.includes(way)) to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = createConnection({ port: target, host: "127.0.0.1" });
    join("to server", client, upstream);
    join("to client", upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    pipes.clear();
  };
  return {
    port: (server.address() as { port: number }).port,
    hold: (...ways) => held = ways,
    hasAnswer: () =>
      [...pipes].some(({ way, kept }) =>
        way === "to client" && kept.length > 0
      ),
    freeze: () => {
      for (const pipe of pipes) pipe.isFrozen = true;
    },
    release: () => {
      held = [];
      for (const pipe of pipes) flush(pipe);
    },
    cut,
    close: async () => {
      held = [];
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The address of a server through another port. */
export function through(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}
