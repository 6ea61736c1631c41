/**
 * A registry like JSR on loopback, in memory: it takes what `deno publish` sends and serves it to `deno`, so
 * that the tests see the package as users get it. Both use it where `JSR_URL` names it.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { readTar } from "./_tar.ts";

/** A running registry. */
export interface Registry {
  /** Its address, with a slash at the end: the value of `JSR_URL`. */
  readonly url: string;
  /** The paths that were asked for and found, in order. */
  readonly served: readonly string[];
  /** Serves a text at a path of its own, e.g. a program that lies on the web. */
  put(path: string, text: string): void;
  /** The paths of all files of a package. */
  filesOf(name: string): string[];
  /** Stops it. */
  close(): Promise<void>;
}

/** What a package's list of versions looks like. */
interface PackageMeta {
  readonly scope: string;
  readonly name: string;
  latest: string;
  readonly versions: Record<string, { createdAt: string }>;
}

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  js: "text/javascript",
  mjs: "text/javascript",
  ts: "text/typescript",
};
// What is published is there at once: the one task that is ever asked about is done.
const PUBLISHED = JSON.stringify({
  id: "00000000-0000-0000-0000-000000000000",
  status: "success",
  error: null,
});

class Store {
  readonly files = new Map<string, Uint8Array>();
  readonly served: string[] = [];

  put(path: string, content: Uint8Array | string): void {
    this.files.set(
      path,
      typeof content === "string" ? Buffer.from(content) : content,
    );
  }

  /** Takes a version of a package, as an archive. */
  publish(
    [scope, name, version]: [string, string, string],
    archive: Uint8Array,
    configPath: string,
  ): void {
    const base = `/@${scope}/${name}`;
    const manifest: Record<string, { size: number; checksum: string }> = {};
    let config: { exports?: string | Record<string, string> } = {};
    for (const { path, bytes } of readTar(archive)) {
      this.put(`${base}/${version}/${path}`, bytes);
      const checksum = createHash("sha256").update(bytes).digest("hex");
      manifest[`/${path}`] = {
        size: bytes.length,
        checksum: `sha256-${checksum}`,
      };
      if (`/${path}` === configPath) {
        config = JSON.parse(new TextDecoder().decode(bytes));
      }
    }
    const { exports = {} } = config;
    this.put(
      `${base}/${version}_meta.json`,
      JSON.stringify({
        manifest,
        exports: typeof exports === "string" ? { ".": exports } : exports,
      }),
    );
    this.#list(base, { scope, name, version });
  }

  #list(
    base: string,
    { scope, name, version }: Record<"scope" | "name" | "version", string>,
  ): void {
    const known = this.files.get(`${base}/meta.json`);
    const meta: PackageMeta = known === undefined
      ? { scope, name, latest: version, versions: {} }
      : JSON.parse(new TextDecoder().decode(known));
    meta.latest = version;
    meta.versions[version] = { createdAt: "2026-01-01T00:00:00.000Z" };
    this.put(`${base}/meta.json`, JSON.stringify(meta));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answer(
  response: ServerResponse,
  body: Uint8Array | string,
  { status = 200, type = "application/json" } = {},
): void {
  response.writeHead(status, { "content-type": type });
  response.end(body);
}

const VERSION =
  /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)\/versions\/([^/]+)$/;
const PACKAGE = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)$/;

async function handle(
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, "http://localhost");
  const [, scope, name, version] = VERSION.exec(pathname) ?? [];
  if (request.method === "POST" && scope && name && version) {
    const archive = gunzipSync(await bodyOf(request));
    const config = searchParams.get("config") ?? "/deno.json";
    store.publish([scope, name, version], archive, config);
    return answer(response, PUBLISHED);
  }
  if (pathname.startsWith("/api/publish_status/")) {
    return answer(response, PUBLISHED);
  }
  const known = PACKAGE.exec(pathname);
  if (known !== null) {
    const [, scope, name] = known;
    return answer(response, JSON.stringify({ scope, name, description: "" }));
  }
  const found = store.files.get(pathname);
  if (found === undefined) {
    const fault = { code: "notFound", message: "There is no such thing here" };
    return answer(response, JSON.stringify(fault), { status: 404 });
  }
  store.served.push(pathname);
  const extension = pathname.slice(pathname.lastIndexOf(".") + 1);
  answer(response, found, { type: TYPES[extension] ?? "text/plain" });
}

/**
 * Starts a registry on a free port.
 *
 * @returns the registry; whoever started it closes it.
 */
export async function startRegistry(): Promise<Registry> {
  const store = new Store();
  const server = createServer((request, response) => {
    handle(store, request, response).catch((error) =>
      answer(response, String(error), { status: 500, type: "text/plain" })
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    served: store.served,
    put: (path, text) => store.put(path, text),
    filesOf: (name) =>
      [...store.files.keys()].filter((path) => path.startsWith(`/${name}/`)),
    close: () =>
      new Promise((done, fail) => {
        server.close((error) => error ? fail(error) : done());
        server.closeAllConnections();
      }),
  };
}
