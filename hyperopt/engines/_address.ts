import { readFileSync } from "node:fs";
import { messageOf } from "../../internal/errors.ts";
import { nearestName } from "../../internal/names.ts";
import { describe } from "../_describe.ts";
import { EngineError } from "./errors.ts";

/** The engines, and the port of each. */
export type EngineName = "redis" | "postgres" | "nats";

/** What an encrypted connection is made with. */
export interface Tls {
  /** Whether the certificate of the engine must be valid. */
  readonly rejectUnauthorized: boolean;
  /** The name in the certificate. */
  readonly servername?: string;
  /** Replaces the check of the name; where only the authority is checked. */
  readonly checkServerIdentity?: () => undefined;
  /** The certificate of the authority, PEM. */
  readonly ca?: string;
  /** The certificate of the client, PEM. */
  readonly cert?: string;
  /** The key of the client, PEM. */
  readonly key?: string;
}

/** What a scheme means. */
interface Scheme {
  readonly engine: EngineName;
  readonly port: number;
  /** The kind of TLS if the URL does not say. */
  readonly sslmode: SslMode;
}

/** How much of TLS is wanted, in the words of Postgres. */
type SslMode = "disable" | "require" | "verify-ca" | "verify-full";

const SSL_MODES: readonly string[] = [
  "disable",
  "require",
  "verify-ca",
  "verify-full",
] satisfies readonly SslMode[];

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ["redis", { engine: "redis", port: 6379, sslmode: "disable" }],
  ["rediss", { engine: "redis", port: 6379, sslmode: "verify-full" }],
  ["postgres", { engine: "postgres", port: 5432, sslmode: "disable" }],
  ["postgresql", { engine: "postgres", port: 5432, sslmode: "disable" }],
  ["nats", { engine: "nats", port: 4222, sslmode: "disable" }],
]);

/** The parameters, in the words of Postgres. */
const PARAMETERS = ["host", "sslmode", "sslrootcert", "sslcert", "sslkey"];

const FORMS =
  "redis://user:password@host:6379/0, postgres://user:password@host:5432/database or nats://user:password@host:4222";

/** Where an engine is and how to log in. Printing or inspecting it never shows the password. */
export class EngineAddress {
  /** The engine. */
  readonly engine: EngineName;
  /** The host; the path of a Unix socket, or of its folder for Postgres, if it starts with `/`. */
  readonly host: string;
  /** The port. */
  readonly port: number;
  /** The user. */
  readonly user: string | undefined;
  /** The name of the database; its number for Redis; the domain of JetStream for NATS. */
  readonly database: string | undefined;
  /** How the connection is encrypted; `undefined` if it is not. */
  readonly tls: Tls | undefined;
  /** The address for messages, without the password. */
  readonly shown: string;
  readonly #password: string | undefined;

  /**
   * Reads a URL.
   *
   * @param url The URL.
   * @throws {EngineError} If it cannot be used; the message has nothing that could be a part of a password.
   */
  constructor(url: unknown) {
    const parts = parse(url);
    const { scheme } = parts;
    this.engine = scheme.engine;
    // A NATS address with one name has a token, which is as secret as a password.
    const isToken = this.engine === "nats" && parts.password === "";
    this.user = isToken ? undefined : parts.user || undefined;
    this.#password = (isToken ? parts.user : parts.password) || undefined;
    this.host = parts.parameters.get("host") || parts.host ||
      "127.0.0.1";
    this.port = parts.port ?? scheme.port;
    this.database = parts.database || undefined;
    if (this.engine === "redis") checkNumber(this.database);
    if (this.engine === "nats") checkNats(this.host, this.database);
    this.tls = readTls(parts.parameters, scheme, this.host);
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    const place = host.startsWith("/") ? host : `${host}:${this.port}`;
    this.shown = `${parts.name}://${this.user ? `${this.user}@` : ""}${place}` +
      (this.database === undefined ? "" : `/${this.database}`);
  }

  /** Returns the password; it is no property, so that nothing prints it. */
  password(): string | undefined {
    return this.#password;
  }

  /**
   * Returns a text without the password, for messages of drivers.
   *
   * @param text Any text.
   */
  hide(text: string): string {
    const password = this.#password;
    if (password === undefined) return text;
    const forms = new Set([
      password,
      encodeURIComponent(password),
      JSON.stringify(password).slice(1, -1),
    ]);
    // The longest first, since a form can contain another one.
    const sorted = [...forms].toSorted((a, b) => b.length - a.length);
    return sorted.reduce((left, form) => left.replaceAll(form, "***"), text);
  }
}

interface Parts {
  readonly name: string;
  readonly scheme: Scheme;
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly database: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function wrong(reason: string): EngineError {
  return new EngineError("url", `Cannot connect to an engine: ${reason}`);
}

function parse(text: unknown): Parts {
  if (typeof text !== "string") {
    throw wrong(`its URL is ${describe(text)}; give ${FORMS}`);
  }
  const [, name] = /^([a-z][a-z\d+.-]*):\/\//i.exec(text) ?? [];
  if (name === undefined) {
    throw wrong(`its address is not a URL; give ${FORMS}`);
  }
  const scheme = SCHEMES.get(name.toLowerCase());
  if (scheme === undefined) throw unknownScheme(name);
  const rest = text.slice(name.length + 3);
  const authority = rest.search(/[/?#]/);
  // A password with one of these characters ends too early, and its rest must not become a database in a message.
  if (
    rest.includes("#") || authority >= 0 && rest.indexOf("@", authority) >= 0
  ) throw unreadable();
  try {
    return { name: name.toLowerCase(), scheme, ...split(text) };
  } catch (error) {
    // What the parsers say has the URL, and so the password.
    if (error instanceof EngineError) throw error;
    throw unreadable();
  }
}

function split(text: string): Omit<Parts, "name" | "scheme"> {
  const url = new URL(text);
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1");
  const parameters = new Map(url.searchParams);
  for (const name of parameters.keys()) {
    if (PARAMETERS.includes(name)) continue;
    const nearest = nearestName(name, PARAMETERS);
    throw wrong(
      `its URL has an unknown parameter; ` +
        (nearest === undefined
          ? `the parameters are ${PARAMETERS.join(", ")}`
          : `did you mean ${nearest}?`),
    );
  }
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    host,
    port: url.port === "" ? undefined : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    parameters,
  };
}

function unreadable(): EngineError {
  return wrong(
    `its URL cannot be read; give ${FORMS}, with special characters of the password as percent codes ` +
      "(@ is %40, / is %2F, # is %23, ? is %3F, % is %25)",
  );
}

function unknownScheme(name: string): EngineError {
  const nearest = nearestName(name.toLowerCase(), SCHEMES.keys());
  return wrong(
    `there is no engine for ${name}://; ` +
      (nearest === undefined ? `give ${FORMS}` : `did you mean ${nearest}://?`),
  );
}

function checkNumber(database: string | undefined): void {
  if (database === undefined || /^\d{1,5}$/.test(database)) return;
  throw wrong(
    "the database of a Redis URL is a number, as in redis://host:6379/0",
  );
}

function checkNats(host: string, domain: string | undefined): void {
  if (host.startsWith("/")) {
    throw wrong("a NATS server has no Unix socket; give its host");
  }
  if (domain === undefined || /^[\w-]+$/.test(domain)) return;
  throw wrong(
    "the end of a NATS URL is the domain of JetStream: letters, digits, - and _, or nothing",
  );
}

function readTls(
  parameters: ReadonlyMap<string, string>,
  { engine, sslmode: usual }: Scheme,
  host: string,
): Tls | undefined {
  const mode = parameters.get("sslmode") ?? usual;
  if (!SSL_MODES.includes(mode)) {
    throw wrong(`sslmode of its URL is one of ${SSL_MODES.join(", ")}`);
  }
  if (mode === "disable") {
    if (usual === "disable") return undefined;
    throw wrong("its URL has rediss:// and sslmode=disable; give redis://");
  }
  if (engine === "redis" && usual === "disable") {
    throw wrong("its URL has redis:// and an sslmode; give rediss://");
  }
  const file = (name: string) => readPem(name, parameters.get(name));
  return {
    rejectUnauthorized: mode !== "require",
    ...isName(host) ? { servername: host } : {},
    ...mode === "verify-ca" ? { checkServerIdentity: () => undefined } : {},
    ...named("ca", file("sslrootcert")),
    ...named("cert", file("sslcert")),
    ...named("key", file("sslkey")),
  };
}

/** TLS names servers by host names only, not by addresses or paths. */
function isName(host: string): boolean {
  return !/^\/|:|^[\d.]+$/.test(host);
}

function named(name: string, value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}

function readPem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new EngineError(
      "tls",
      `Cannot connect to an engine: the file of ${name} cannot be read: ${
        messageOf(error)
      }`,
    );
  }
}
