/** What is used of the headers of a message. */
export interface NatsHeaders {
  /** The status of an answer of the server; 0 if it is a message. */
  readonly code: number;
  get(name: string): string;
  set(name: string, value: string): void;
}

/** What is used of a message. */
export interface NatsMessage {
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: NatsHeaders;
  json<T>(): T;
}

/** A subscription. */
export interface NatsSubscription {
  /** Resolves when it has ended, also with its connection. */
  readonly closed: Promise<unknown>;
  unsubscribe(): void;
}

/** What is used of a connection. */
export interface NatsConnection {
  readonly info?: {
    readonly version: string;
    readonly max_payload: number;
    readonly jetstream?: boolean;
  };
  request(
    subject: string,
    data: string | Uint8Array,
    options: { readonly timeout: number; readonly headers?: NatsHeaders },
  ): Promise<NatsMessage>;
  publish(
    subject: string,
    data?: string | Uint8Array,
    options?: { readonly reply?: string },
  ): void;
  subscribe(
    subject: string,
    options: {
      readonly max?: number;
      readonly callback: (
        error: Error | null | undefined,
        message: NatsMessage,
      ) => void;
    },
  ): NatsSubscription;
  flush(): Promise<void>;
  close(): Promise<void>;
  closed(): Promise<unknown>;
}

/** What is used of the package `@nats-io/transport-node`. */
export interface NatsModule {
  connect(options: object): Promise<NatsConnection>;
  headers(): NatsHeaders;
  createInbox(): string;
}
