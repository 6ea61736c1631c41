import type { EngineAddress } from "../_address.ts";
import { closedError } from "../_persist.ts";
import type { NatsConnection, NatsModule } from "./_client.ts";

/**
 * A connection that is made when it is needed, and again after it was lost. The client's own way to connect again would
 * keep calls until then; here they fail at once, and who calls decides how long to try.
 */
export class Link {
  readonly #connect: () => Promise<NatsConnection>;
  readonly #listeners = new Set<(connection: NatsConnection) => void>();
  #connection: Promise<NatsConnection> | undefined;
  /** The connection that is open. */
  #current: NatsConnection | undefined;
  #isOpen = true;

  /**
   * Makes a link without connecting.
   *
   * @param nats The package.
   * @param address The address.
   * @param patience The milliseconds without an answer after which a new connection is given up.
   */
  constructor(nats: NatsModule, address: EngineAddress, patience: number) {
    const options = natsOptions(address, patience);
    this.#connect = () => nats.connect(options);
  }

  /** Returns the open connection, or makes one. */
  get(): Promise<NatsConnection> {
    if (!this.#isOpen) return Promise.reject(closedError());
    if (this.#connection === undefined) {
      const made = this.#make();
      this.#connection = made;
      const forget = () => {
        if (this.#connection === made) this.#connection = undefined;
      };
      made.then((connection) => connection.closed()).then(forget, forget);
    }
    return this.#connection;
  }

  /** Calls a function with the open connection, if there is one, and with each one that is made later. */
  onOpen(listener: (connection: NatsConnection) => void): void {
    this.#listeners.add(listener);
    if (this.#current !== undefined) listener(this.#current);
  }

  /** Gives up the connection, so that the next call makes a new one. */
  reset(): void {
    const lost = this.#connection;
    this.#connection = undefined;
    this.#current = undefined;
    // One that was never made needs no end, and how a broken one ends does not matter.
    lost?.then((open) => open.close()).catch(() => {});
  }

  /** Closes the connection for good. */
  close(): void {
    this.#isOpen = false;
    this.#listeners.clear();
    this.reset();
  }

  async #make(): Promise<NatsConnection> {
    const connection = await this.#connect();
    if (!this.#isOpen) {
      void connection.close();
      throw closedError();
    }
    this.#current = connection;
    void connection.closed().then(() => {
      if (this.#current === connection) this.#current = undefined;
    });
    for (const listener of this.#listeners) listener(connection);
    return connection;
  }
}

function natsOptions(address: EngineAddress, patience: number): object {
  const { host, port, user, tls } = address;
  const password = address.password();
  const login = user !== undefined
    ? { user, pass: password ?? "" }
    // A NATS address with one secret has a token.
    : password !== undefined
    ? { token: password }
    : {};
  return {
    servers: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    ...login,
    ...tls === undefined ? {} : { tls },
    name: "ato",
    reconnect: false,
    timeout: patience,
    noAsyncTraces: true,
    ignoreServerUpdates: true,
    // A NATS server sends nothing else for minutes.
    pingInterval: Math.max(1_000, patience),
    maxPingOut: 1,
  };
}
