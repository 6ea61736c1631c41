/**
 * Who may ask. The page reads what is in a person's file, so only the page itself may: a web page of another origin
 * must not, also if it makes its own name point to this machine (DNS rebinding).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { errorResponse } from "./reply.ts";

/** Where the dashboard listens, and the token that requests need, if other machines can reach it. */
export interface Access {
  readonly host: string;
  readonly token?: string;
}

/**
 * The name of the cookie that keeps the token, so that it leaves the address. Cookies are the same for all ports of a
 * host, so each dashboard has a name of its own.
 */
function cookieName(token: string): string {
  return `ato_${createHash("sha256").update(token).digest("hex").slice(0, 12)}`;
}

/** Nothing from elsewhere, and no code in the page itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Tells whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" ||
    (isIP(host) === 4 && host.startsWith("127."));
}

/** Writes an address as URLs have it. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Refuses requests that are not the page's own, and adds the headers that protect the page. */
export function security(access: Access): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refusalOf(context, access);
    if (refusal !== undefined) context.res = refusal;
    else await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  };
}

function refusalOf(context: Context, access: Access): Response | undefined {
  const { method } = context.req;
  if (method !== "GET" && method !== "HEAD") {
    return errorResponse(
      "forbidden",
      "Cannot change anything: the dashboard only reads",
      405,
    );
  }
  const host = context.req.header("host") ?? "";
  if (!isOwnHost(host, access)) {
    return errorResponse(
      "forbidden",
      "Cannot answer: the request is for another host; open the address that `ato dashboard` printed",
      403,
    );
  }
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const isForeign = (origin !== undefined && origin !== `http://${host}`) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (isForeign && !isNavigation(context)) {
    return errorResponse(
      "forbidden",
      "Cannot answer: the request comes from another site",
      403,
    );
  }
  return access.token === undefined
    ? undefined
    : tokenRefusal(context, access.token);
}

/** A link on another site may open the page, which then asks by itself; it may not read an answer. */
function isNavigation(context: Context): boolean {
  return context.req.path === "/" &&
    context.req.header("origin") === undefined &&
    context.req.header("sec-fetch-mode") === "navigate";
}

/** A name of the loopback, or the address that was chosen. An address cannot be rebound; any other name could. */
function isOwnHost(header: string, { host, token }: Access): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]@/\\?#\s]+)(?::\d{1,5})?$/i.exec(header)
    ?.[1]
    ?.replace(/^\[|\]$/g, "").toLowerCase();
  if (name === undefined) return false;
  if (isLoopback(name) || name === host.toLowerCase()) return true;
  return token !== undefined && isIP(name) !== 0;
}

function tokenRefusal(context: Context, token: string): Response | undefined {
  const given = context.req.query("token");
  if (
    given !== undefined && isEqual(given, token) && context.req.path === "/"
  ) {
    // The token leaves the address, and with it the history of the browser.
    return new Response(null, {
      status: 303,
      headers: {
        location: "/",
        "set-cookie": `${
          cookieName(token)
        }=${token}; Path=/; HttpOnly; SameSite=Strict`,
      },
    });
  }
  if (isEqual(givenToken(context, cookieName(token)), token)) return undefined;
  return errorResponse(
    "forbidden",
    "Cannot answer: the token is missing; open the whole address that `ato dashboard` printed",
    401,
  );
}

function givenToken(context: Context, name: string): string {
  const bearer = /^Bearer (\S+)$/i.exec(
    context.req.header("authorization") ?? "",
  )?.[1];
  const cookies = context.req.header("cookie") ?? "";
  const cookie = cookies.split(/;\s*/).find((one) =>
    one.startsWith(`${name}=`)
  );
  return bearer ?? cookie?.slice(name.length + 1) ?? "";
}

/** The time does not depend on how much of the token is right. */
function isEqual(given: string, token: string): boolean {
  const [a, b] = [
    new TextEncoder().encode(given),
    new TextEncoder().encode(token),
  ];
  return a.length === b.length && timingSafeEqual(a, b);
}
