/** The address of an MLflow server, and how to log in there. */
import { TargetError } from "../targets/errors.ts";

/** How to log in. */
export interface Login {
  /** The user's name. */
  readonly user?: string;
  /** The password. */
  readonly password?: string;
  /** A token, in place of user and password. */
  readonly token?: string;
}

/** A server, and how to log in there. */
export interface Server {
  /** Its address without a login and without a slash at its end. */
  readonly address: string;
  /** The value of the header `Authorization`; absent without a login. */
  readonly authorization?: string;
}

/**
 * Reads the address of a server.
 *
 * @param text `http://…`, `https://…`, or the same with `mlflow+` before it; `user:password@` is taken out of it.
 * @param login Used if the address has no login.
 * @returns the server.
 * @throws {TargetError} If it is no such address. The message shows no login.
 */
export function readAddress(text: string, login: Login = {}): Server {
  const url = parse(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TargetError(
      `Cannot use ${withoutLogin(text)} as an MLflow server: ${
        url === undefined
          ? "it is no address"
          : `${url.protocol}// is not http:// or https://`
      }; write e.g. http://127.0.0.1:5000`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TargetError(
      `Cannot use ${
        withoutLogin(text)
      } as an MLflow server: an address with ? or # names a page; give the part before it`,
    );
  }
  const own = { user: decode(url.username), password: decode(url.password) };
  url.username = url.password = "";
  const address = url.href.replace(/\/+$/, "");
  const authorization = own.user === "" && own.password === ""
    ? headerOf(login)
    : basic(own.user, own.password);
  return { address, ...(authorization !== undefined && { authorization }) };
}

/** Leaves out what may be a login, also of a text that is no address. */
function withoutLogin(text: string): string {
  return text.replace(/^([a-z+]*:?\/*)[^/]*@/i, "$1")
    .replace(/[?#].*$/s, "").slice(0, 200);
}

function parse(text: string): URL | undefined {
  const plain = text.replace(/^mlflow\+/i, "");
  return URL.canParse(plain) ? new URL(plain) : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign in a password stands for itself.
    return text;
  }
}

function headerOf({ user, password, token }: Login): string | undefined {
  if (user !== undefined && user !== "") return basic(user, password ?? "");
  return token === undefined || token === "" ? undefined : `Bearer ${token}`;
}

function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
