/** Addresses of buckets. */
import { HubError, shownUrl } from "../errors.ts";

/** Where a hub is in a service that speaks S3. */
export interface S3Address {
  readonly bucket: string;
  /** What all keys begin with: empty, or it ends with `/`. */
  readonly root: string;
  /** The address of the service, if the hub's names one. */
  readonly endpoint: string | undefined;
  /** The region, if the address names one. */
  readonly region: string | undefined;
  /** The profile of the user's files, if the address names one. */
  readonly profile: string | undefined;
}

const FORMS =
  "write s3://bucket/folder, or s3+https://host:port/bucket/folder for a service that is not Amazon's";
const OPTIONS = ["profile", "region"];

/**
 * Reads an address: `s3://bucket/folder`, `s3+http://host:port/bucket/folder` or `s3+https://…`, with `?region=NAME` and
 * `?profile=NAME` after it.
 *
 * @throws {HubError} If it is none.
 */
export function readAddress(url: string): S3Address {
  const fail = (why: string): never => {
    throw new HubError(`Cannot open ${shownUrl(url)}: ${why}`, {
      problem: "usage",
    });
  };
  const found = /^s3(?:\+(https?))?:\/\/([^?]*)(?:\?(.*))?$/is.exec(url);
  if (found === null) return fail(`it is not an address; ${FORMS}`);
  const [, web, place = "", query = ""] = found;
  const [first = "", ...others] = place.split("/");
  if (first.includes("@")) {
    return fail(
      "keys are not taken from an address, because other users of the machine see the words of a command; " +
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  const endpoint = web && `${web.toLowerCase()}://${first}`;
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    return fail(`its host is none; ${FORMS}`);
  }
  const [bucket = "", ...folders] = web ? others : [first, ...others];
  if (bucket === "") return fail(`it names no bucket; ${FORMS}`);
  // Amazon's names are narrower; older buckets and other services have capitals and _.
  if (!/^[a-z\d][\w.-]{1,253}[a-z\d]$/i.test(bucket)) {
    return fail(
      "a bucket's name has 3 or more letters, digits, dots and hyphens",
    );
  }
  const names = folders.at(-1) === "" ? folders.slice(0, -1) : folders;
  // deno-lint-ignore no-control-regex -- they are what no key should have
  if (names.some((name) => /^\.{0,2}$|[\x00-\x1f\x7f\\]/.test(name))) {
    return fail("a part of its path is empty, a dot, or has odd characters");
  }
  const options = new URLSearchParams(query);
  const odd = [...options.keys()].find((name) => !OPTIONS.includes(name));
  if (odd !== undefined) {
    return fail(
      `it has options after ? that are not known; there are ${
        OPTIONS.join(" and ")
      }`,
    );
  }
  return {
    bucket,
    root: names.map((name) => `${name}/`).join(""),
    endpoint,
    region: options.get("region") ?? undefined,
    profile: options.get("profile") ?? undefined,
  };
}

/** The host that answers for a bucket, and how its keys begin. */
export function baseOf(
  { bucket, endpoint, region }: {
    readonly bucket: string;
    readonly endpoint: string | undefined;
    readonly region: string;
  },
): string {
  if (endpoint !== undefined) {
    return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  }
  const china = region.startsWith("cn-") ? ".cn" : "";
  const host = `s3.${region}.amazonaws.com${china}`;
  // The certificate is for one name before the host, and a bucket's name with a dot is two.
  return bucket.includes(".")
    ? `https://${host}/${bucket}`
    : `https://${bucket}.${host}`;
}

/** A key as a part of an address. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeText).join("/");
}

/** A text as a part of an address, by RFC 3986: all but letters, digits and `-._~` is encoded. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
