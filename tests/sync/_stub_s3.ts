/** A service that speaks enough of S3 for a hub, checks signatures by a way of its own, and lies as a test wants it. */
import { createHash, createHmac } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { KEYS } from "./_s3_server.ts";

/** A request as it came. */
export interface Asked {
  readonly method: string;
  /** The key, decoded; empty for the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Uint8Array;
}

/** An answer. */
export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bytes of the body after which the connection breaks; with -1 there is no answer. */
  readonly cutAt?: number;
  /** Milliseconds between the fifths of the body. */
  readonly pace?: number;
}

/** What a test changes about the service. */
export interface Behaviour {
  /** Answers instead of the service; nothing for its own answer. */
  lie?: (asked: Asked) => Told | undefined | Promise<Told | undefined>;
  /** Changes the answer of the service. */
  twist?: (told: Told, asked: Asked) => Told | Promise<Told>;
  /** Whether conditions are ignored. */
  ignoresConditions?: boolean;
  /** The most keys of a page. */
  page?: number;
  /** The region that it serves. */
  region?: string;
  /** Milliseconds by which its clock is ahead. */
  ahead?: number;
}

/** A stub that runs. */
export interface StubS3 {
  readonly url: string;
  readonly behaviour: Behaviour;
  readonly objects: Map<string, { body: Uint8Array; at: number }>;
  /** All requests, as `METHOD key`. */
  readonly log: string[];
  stop(): Promise<void>;
}

/** The bucket that there is. */
export const STUB_BUCKET = "stub-bucket";

/** Starts a stub on a free port. */
export async function startStubS3(): Promise<StubS3> {
  const objects: StubS3["objects"] = new Map();
  const behaviour: Behaviour = {};
  const log: string[] = [];
  const server = createServer((request, response) => {
    handle(request, { objects, behaviour, log })
      .then((told) => sendTold(response, told, behaviour))
      .catch((error) => response.destroy(error));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    behaviour,
    objects,
    log,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

type Inside = Pick<StubS3, "objects" | "behaviour" | "log">;

async function handle(
  request: IncomingMessage,
  inside: Inside,
): Promise<Told> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  const body = new Uint8Array(Buffer.concat(pieces));
  const url = new URL(request.url!, "http://stub");
  const [bucket, ...path] = url.pathname.slice(1).split("/");
  const asked: Asked = {
    method: request.method!,
    key: path.map(decodeURIComponent).join("/"),
    query: url.searchParams,
    headers: request.headers,
    body,
  };
  inside.log.push(`${asked.method} ${asked.key}`);
  const { lie, twist, region = "us-east-1" } = inside.behaviour;
  const lied = await lie?.(asked);
  if (lied !== undefined) return lied;
  const refused = refusal(request, url, body, {
    region,
    ahead: inside.behaviour.ahead ?? 0,
  });
  if (refused !== undefined) return refused;
  if (bucket !== STUB_BUCKET) return fault(404, "NoSuchBucket");
  const told = serve(asked, inside);
  return twist === undefined ? told : await twist(told, asked);
}

/** Makes an answer that says what is wrong. */
export function fault(status: number, code: string, more = ""): Told {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body:
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`,
  };
}

function serve(asked: Asked, { objects, behaviour }: Inside): Told {
  const { method, key, headers, body } = asked;
  const found = objects.get(key);
  if (method === "GET" && key === "") return list(asked, objects, behaviour);
  if (method === "GET") {
    if (found === undefined) return fault(404, "NoSuchKey");
    return { status: 200, headers: { etag: etagOf(found) }, body: found.body };
  }
  if (method === "DELETE") {
    objects.delete(key);
    return { status: 204 };
  }
  const at = Date.now() + (behaviour.ahead ?? 0);
  const source = headers["x-amz-copy-source"];
  if (typeof source === "string") {
    const from = decodeURIComponent(source).slice(STUB_BUCKET.length + 2);
    const copied = objects.get(from);
    if (copied === undefined) return fault(404, "NoSuchKey");
    objects.set(key, { body: copied.body, at });
    return { status: 200, body: "<CopyObjectResult></CopyObjectResult>" };
  }
  if (!behaviour.ignoresConditions) {
    const isWrong = headers["if-none-match"] === "*" && found !== undefined ||
      headers["if-match"] !== undefined &&
        (found === undefined || headers["if-match"] !== etagOf(found));
    if (isWrong) return fault(412, "PreconditionFailed");
  }
  objects.set(key, { body, at });
  return { status: 200, headers: { etag: etagOf({ body }) } };
}

function etagOf({ body }: { body: Uint8Array }): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function list(
  { query }: Asked,
  objects: StubS3["objects"],
  { page = 1_000 }: Behaviour,
): Told {
  const [prefix, after] = [
    query.get("prefix")!,
    query.get("continuation-token"),
  ];
  const keys = [...objects.keys()].sort()
    .filter((key) => key.startsWith(prefix))
    .filter((key) => after === null || key > after.slice(2));
  const most = Math.min(page, Number(query.get("max-keys") ?? page));
  const items = keys.slice(0, most).map((key) => {
    const { body, at } = objects.get(key)!;
    return `<Contents><Key>${escaped(key)}</Key><Size>${body.length}</Size>` +
      `<LastModified>${new Date(at).toISOString()}</LastModified></Contents>`;
  });
  // A token with what XML must escape.
  const next = keys.length > most
    ? `<NextContinuationToken>&amp;${"&lt;"}${
      escaped(keys[most - 1]!)
    }</NextContinuationToken>`
    : "";
  return {
    status: 200,
    body:
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${
        next !== ""
      }</IsTruncated>${next}${items.join("")}</ListBucketResult>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Checks the signature by version 4 of Amazon's signatures. */
function refusal(
  request: IncomingMessage,
  url: URL,
  body: Uint8Array,
  { region, ahead }: { readonly region: string; readonly ahead: number },
): Told | undefined {
  const { authorization = "", ...headers } = request.headers;
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
      .exec(authorization);
  if (found === null) return fault(403, "AccessDenied");
  const [, user, day, place, names, signature] = found;
  if (user !== KEYS["AWS_ACCESS_KEY_ID"]) {
    return fault(403, "InvalidAccessKeyId");
  }
  if (place !== region) {
    return fault(
      400,
      "AuthorizationHeaderMalformed",
      `<Region>${region}</Region>`,
    );
  }
  const date = String(headers["x-amz-date"]);
  const time = Date.parse(
    date.replace(/^(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"),
  );
  if (Math.abs(time - Date.now() - ahead) > 900_000) {
    return fault(403, "RequestTimeTooSkewed");
  }
  const hash = String(headers["x-amz-content-sha256"]);
  if (createHash("sha256").update(body).digest("hex") !== hash) {
    return fault(400, "XAmzContentSHA256Mismatch");
  }
  for (const name of Object.keys(headers)) {
    const isSigned = names!.split(";").includes(name);
    if (/^(?:if-|x-amz-|host$)/.test(name) && !isSigned) {
      return fault(403, "SignatureDoesNotMatch");
    }
  }
  const hmac = (key: string | Uint8Array, text: string): Uint8Array =>
    createHmac("sha256", key).update(text).digest();
  const strict = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const canonical = [
    request.method,
    url.pathname.split("/").map((part) => strict(decodeURIComponent(part)))
      .join("/"),
    [...url.searchParams].map((pair) => pair.map(strict).join("=")).sort()
      .join("&"),
    ...names!.split(";").map((name) => `${name}:${headers[name]}`),
    "",
    names,
    hash,
  ].join("\n");
  const scope = `${day}/${place}/s3/aws4_request`;
  const text = [
    "AWS4-HMAC-SHA256",
    date,
    scope,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const key = scope.split("/").reduce<string | Uint8Array>(
    hmac,
    `AWS4${KEYS["AWS_SECRET_ACCESS_KEY"]}`,
  );
  const right = createHmac("sha256", key).update(text).digest("hex");
  return right === signature
    ? undefined
    : fault(403, "SignatureDoesNotMatch", "<StringToSign>x</StringToSign>");
}

async function sendTold(
  response: ServerResponse,
  { status, headers, body = "", cutAt, pace }: Told,
  { ahead = 0 }: Behaviour,
): Promise<void> {
  if (cutAt === -1) return void response.destroy();
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, {
    date: new Date(Date.now() + ahead).toUTCString(),
    ...headers,
    ...(status !== 204 && { "content-length": bytes.length }),
  });
  if (pace !== undefined) {
    const fifth = Math.ceil(bytes.length / 5);
    for (let at = 0; at < bytes.length; at += fifth) {
      await delay(pace);
      response.write(bytes.subarray(at, at + fifth));
    }
    return void response.end();
  }
  if (cutAt === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, cutAt), () => response.destroy());
}
