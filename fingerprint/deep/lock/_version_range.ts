/** Ranges of versions as npm writes them: enough to tell equal ones, and what is in them. */

/** A version; the parts of a pre-release are last. */
interface Version {
  readonly numbers: readonly [number, number, number];
  readonly pre: readonly string[];
}

/** What one side of `||` allows. */
interface Interval {
  readonly low?: Bound;
  readonly high?: Bound;
}

interface Bound {
  readonly version: Version;
  readonly included: boolean;
}

/** A range of versions. */
export interface VersionRange {
  /** The same for ranges that allow the same versions: `^2.0.0`, `2` and `2.x`. */
  readonly canonical: string;
  /** The version, where the range allows no other one. */
  readonly exact: string | undefined;
  /** Whether a version is in it; a pre-release is where the range names one of the same version. */
  has(version: string): boolean;
}

/**
 * Reads a range.
 *
 * @param text E.g. `^2.0.0`, `1.x || >=2.5.0`, `1.2.3 - 2`.
 * @returns it, or `undefined` for anything else, such as `latest` or an address.
 */
export function parseRange(text: string): VersionRange | undefined {
  const intervals: Interval[] = [];
  for (const part of text.split("||")) {
    const interval = readInterval(part.trim());
    if (interval === undefined) return undefined;
    intervals.push(interval);
  }
  const exact = intervals.length === 1 ? exactOf(intervals[0]!) : undefined;
  return {
    canonical: [...new Set(intervals.map(intervalText))].sort().join(" || "),
    exact: exact && versionText(exact),
    has: (one) => {
      const version = readVersion(one);
      return version !== undefined &&
        intervals.some((interval) => isIn(version, interval));
    },
  };
}

/** A number or `x` for each part, as far as there are any. */
const PARTIAL =
  /^[v=\s]*(\d+|[xX*])(?:\.(\d+|[xX*])(?:\.(\d+|[xX*])(?:-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?)?)?$/;

function readInterval(text: string): Interval | undefined {
  if (text === "" || text === "*") return {};
  const [, from, to] = /^(\S+)\s+-\s+(\S+)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) {
    return both(readComparator(">=", from), readComparator("<=", to));
  }
  let interval: Interval | undefined = {};
  for (const word of text.matchAll(/([~^<>=]*)\s*([^\s~^<>=]+)/g)) {
    interval = both(interval, readComparator(word[1]!, word[2]!));
  }
  // A text with anything else in it is not a range.
  const rest = text.replace(/([~^<>=]*)\s*([^\s~^<>=]+)/g, "").trim();
  return rest === "" ? interval : undefined;
}

function readComparator(operator: string, text: string): Interval | undefined {
  const match = PARTIAL.exec(text);
  if (match === null) return undefined;
  const parts: number[] = [];
  for (const part of match.slice(1, 4)) {
    if (part === undefined || /[xX*]/.test(part)) break;
    parts.push(Number(part));
  }
  const pre = parts.length === 3 ? match[4]?.split(".") ?? [] : [];
  return intervalOf(operator, parts, pre);
}

function intervalOf(
  operator: string,
  parts: readonly number[],
  pre: readonly string[],
): Interval | undefined {
  const [major, minor = 0, patch = 0] = parts;
  if (major === undefined) {
    // `<*` allows nothing; nobody means that.
    return operator === "<" || operator === ">" ? undefined : {};
  }
  const version: Version = { numbers: [major, minor, patch], pre };
  const low = { version, included: true };
  // What a version is below that is not in `1.2` or `1` any more.
  const beyond = below(next(version, parts.length));
  const isWhole = parts.length === 3;
  switch (operator) {
    case "":
    case "=":
      return isWhole ? { low, high: low } : { low, high: beyond };
    case "^":
      return { low, high: below(nextCompatible(version, parts.length)) };
    case "~":
    case "~>":
      return { low, high: below(next(version, Math.min(2, parts.length))) };
    case ">=":
      return { low };
    case ">":
      return isWhole ? { low: { version, included: false } } : {
        low: {
          version: { numbers: beyond.version.numbers, pre: [] },
          included: true,
        },
      };
    case "<":
      return { high: isWhole ? { version, included: false } : below(version) };
    case "<=":
      return { high: isWhole ? low : beyond };
    default:
      return undefined;
  }
}

/** The first version that differs in one of so many first parts. */
function next({ numbers }: Version, parts: number): Version {
  const at = parts - 1;
  return {
    numbers: numbers.map((n, i) =>
      i < at ? n : i === at ? n + 1 : 0
    ) as unknown as Version["numbers"],
    pre: [],
  };
}

/** For `^`: the first part that is not 0 stays; of parts that are not written, none has to. */
function nextCompatible(version: Version, parts: number): Version {
  const at = version.numbers.findIndex((n) => n > 0);
  return next(version, at < 0 ? parts : Math.min(at + 1, parts));
}

/** All below a version, its pre-releases not among them. */
function below({ numbers }: Version): Bound {
  return { version: { numbers, pre: ["0"] }, included: false };
}

function both(
  one: Interval | undefined,
  other: Interval | undefined,
): Interval | undefined {
  if (one === undefined || other === undefined) return undefined;
  const low = narrower(one.low, other.low, 1);
  const high = narrower(one.high, other.high, -1);
  return { ...(low && { low }), ...(high && { high }) };
}

function narrower(
  one: Bound | undefined,
  other: Bound | undefined,
  sign: number,
): Bound | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const order = sign * compare(one.version, other.version);
  if (order === 0) return one.included ? other : one;
  return order > 0 ? one : other;
}

function isIn(version: Version, { low, high }: Interval): boolean {
  const inside = (bound: Bound | undefined, sign: number) => {
    if (bound === undefined) return true;
    const order = sign * compare(version, bound.version);
    return order > 0 || (order === 0 && bound.included);
  };
  if (!inside(low, 1) || !inside(high, -1)) return false;
  return version.pre.length === 0 ||
    [low, high].some((bound) =>
      bound !== undefined && bound.version.pre.length > 0 &&
      compareNumbers(bound.version, version) === 0
    );
}

function readVersion(text: string): Version | undefined {
  const interval = readComparator("=", text);
  return interval && exactOf(interval);
}

function exactOf({ low, high }: Interval): Version | undefined {
  const isExact = low?.included === true && high?.included === true &&
    compare(low.version, high.version) === 0;
  return isExact ? low.version : undefined;
}

function compareNumbers(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) {
    const order = number - b.numbers[i]!;
    if (order !== 0) return order;
  }
  return 0;
}

function compare(a: Version, b: Version): number {
  const order = compareNumbers(a, b);
  if (order !== 0) return order;
  // A version is above its pre-releases.
  if (a.pre.length === 0 || b.pre.length === 0) {
    return b.pre.length - a.pre.length;
  }
  for (const [i, part] of a.pre.entries()) {
    const other = b.pre[i];
    if (other === undefined) return 1;
    if (part !== other) return comparePre(part, other);
  }
  return a.pre.length - b.pre.length;
}

/** Numbers are below words. */
function comparePre(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOther) return Number(a) - Number(b);
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}

function versionText({ numbers, pre }: Version): string {
  return numbers.join(".") + (pre.length > 0 ? `-${pre.join(".")}` : "");
}

function intervalText({ low, high }: Interval): string {
  const isLeast = low !== undefined && low.included &&
    versionText(low.version) === "0.0.0";
  const parts = [
    low && !isLeast &&
    `${low.included ? ">=" : ">"}${versionText(low.version)}`,
    high && `${high.included ? "<=" : "<"}${versionText(high.version)}`,
  ];
  return parts.filter(Boolean).join(" ") || "*";
}
