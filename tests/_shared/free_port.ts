import { createServer } from "node:net";

/**
 * The ports to choose from: the system gives none of them to whoever asks for any port, so that none is taken between
 * the look and the start of the server, or while a server is started again.
 */
const [FIRST, LAST] = [10_240, 32_767] as const;

/** Returns a port on loopback that is free now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) => {
      // Windows keeps some ports for itself.
      if (["EADDRINUSE", "EACCES"].includes(error.code ?? "")) resolve(false);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
