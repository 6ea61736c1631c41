/**
 * The TOML test suite (TOML 1.0) against the reader of TOML files. Where the two differ is listed
 * with the reason; a new difference fails, and so does one that is gone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { assertEquals, assertMatch } from "@std/assert";
import { ADict } from "@ato/ato/adict";

const FOLDER = process.env.ATO_TOML_TEST ?? "";
const why = process.env.ATO_TOML_TEST_WHY ??
  "ATO_TOML_TEST names no folder; run it with `deno task test`";
if (FOLDER === "") console.log(`The TOML test suite is skipped: ${why}`);

/** Files that are read otherwise than the suite wants, with the reason. */
const KNOWN: Readonly<Record<string, string>> = {};

const FILES = FOLDER === ""
  ? []
  : readFileSync(join(FOLDER, "files-toml-1.0.0"), "utf8").split("\n")
    .filter((name) => name.endsWith(".toml"));

for (const name of FILES) {
  test(`ADict.fromFile: TOML 1.0: ${name}`, async () => {
    const told = await difference(name);
    if (name in KNOWN) assertEquals(told !== undefined, true, KNOWN[name]);
    else assertEquals(told, undefined);
  });
}

test("ADict.fromFile: the TOML test suite is complete", {
  skip: FOLDER === "" && why,
}, () => {
  assertEquals(FILES.length > 550, true, `${FILES.length} files`);
  assertEquals(Object.keys(KNOWN).filter((name) => !FILES.includes(name)), []);
});

/** What a file is read as that it should not be; `undefined` if all is well. */
async function difference(name: string): Promise<string | undefined> {
  const file = join(FOLDER, name);
  let data: unknown;
  try {
    data = (await ADict.fromFile(file)).toObject();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (name.startsWith("valid/")) return `refused: ${error.message}`;
    assertMatch(error.message, /^Cannot read .*\.toml(?::\d+:\d+)?: ./);
    return undefined;
  }
  if (name.startsWith("invalid/")) return "read, although it is invalid";
  const json = readFileSync(file.replace(/\.toml$/, ".json"), "utf8");
  return compare(data, JSON.parse(json), "");
}

interface Tagged {
  readonly type: string;
  readonly value: string;
}

function compare(
  ours: unknown,
  wanted: unknown,
  path: string,
): string | undefined {
  if (isTagged(wanted)) {
    return isSame(ours, wanted)
      ? undefined
      : `${path}: ${String(ours)}, not ${wanted.type} ${wanted.value}`;
  }
  const [left, right] = [ours as object, wanted as object];
  if (
    typeof left !== "object" || Array.isArray(left) !== Array.isArray(right)
  ) {
    return `${path}: ${String(ours)} is another kind of value`;
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) {
    if (!Object.hasOwn(left, key) || !Object.hasOwn(right, key)) {
      return `${path}.${key} is there on one side only`;
    }
    const told = compare(
      (left as Record<string, unknown>)[key],
      (right as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (told !== undefined) return told;
  }
  return undefined;
}

function isTagged(value: unknown): value is Tagged {
  const { type, value: text } = value as Partial<Tagged>;
  return typeof type === "string" && typeof text === "string";
}

function isSame(ours: unknown, { type, value }: Tagged): boolean {
  switch (type) {
    case "string":
      return ours === value;
    case "bool":
      return ours === (value === "true");
    case "integer":
      return /^(?:number|bigint)$/.test(typeof ours) &&
        BigInt(ours as number) === BigInt(value);
    case "float":
      return typeof ours === "number" && Object.is(ours, floatOf(value));
    case "datetime":
      return isMoment(ours, value);
    case "datetime-local":
      return isMoment(ours, `${value}Z`);
    case "date-local":
      return isMoment(ours, `${value}T00:00:00Z`);
    case "time-local":
      return typeof ours === "string" && fraction(ours) === fraction(value);
    default:
      return false;
  }
}

function floatOf(text: string): number {
  const word = text.replace(/^([+-]?)inf$/, "$1Infinity");
  return /nan/.test(text) ? NaN : Number(word);
}

function isMoment(ours: unknown, text: string): boolean {
  return ours instanceof Date &&
    ours.getTime() === new Date(text.replace(" ", "T")).getTime();
}

/** A time of the day without zeros at the end of its fraction. */
function fraction(time: string): string {
  return time.includes(".") ? time.replace(/\.?0+$/, "") : time;
}
