/** The few parts of S3's answers in XML that a hub needs. */

/** An object of a bucket. */
export interface ListedKey {
  readonly key: string;
  readonly size: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
}

/** A page of the keys of a bucket. */
export interface KeyPage {
  readonly keys: readonly ListedKey[];
  /** What asks for the next page; absent if this is the last one. */
  readonly next: string | undefined;
}

/**
 * Reads the answer of `ListObjectsV2`.
 *
 * @returns the page; `undefined` if it is none.
 */
export function readPage(xml: string): KeyPage | undefined {
  if (!/<ListBucketResult[\s>][^]*<\/ListBucketResult>\s*$/.test(xml)) {
    return undefined;
  }
  const keys: ListedKey[] = [];
  for (const [, item] of xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)) {
    const [key, size, at] = [
      textIn(item!, "Key"),
      Number(textIn(item!, "Size")),
      Date.parse(textIn(item!, "LastModified") ?? ""),
    ];
    if (key === undefined || !Number.isSafeInteger(size) || Number.isNaN(at)) {
      return undefined;
    }
    keys.push({ key, size, at });
  }
  const isCut = textIn(xml, "IsTruncated") === "true";
  const next = textIn(xml, "NextContinuationToken");
  // Without it the rest could not be asked for, and what is there would look as if it were not.
  if (isCut && !next) return undefined;
  return { keys, next: isCut ? next : undefined };
}

/** What an answer says of an error. */
export interface S3Fault {
  /** S3's code, e.g. `NoSuchBucket`; empty if there is none. */
  readonly code: string;
  readonly message: string;
  /** The region of the bucket, if it says so. */
  readonly region: string | undefined;
}

/** Reads the answer to a request that failed. */
export function readFault(xml: string): S3Fault {
  const error = /<Error>([^]*?)<\/Error>/.exec(xml)?.[1] ?? "";
  return {
    code: textIn(error, "Code") ?? "",
    message: textIn(error, "Message") ?? "",
    region: textIn(error, "Region"),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The text of the first element of a name. */
function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, named?: string) => {
      if (named !== undefined) return ENTITIES[named] ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
