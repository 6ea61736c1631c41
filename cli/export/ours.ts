import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { SVG_MARK } from "../../plot/mod.ts";
import { headOf } from "../output/database_file.ts";
import { VERSION } from "../version.ts";

/** Whom Parquet files name as their maker. */
export const PARQUET_MAKER: string = `ato version ${VERSION} (build export)`;

/** The columns of a table of points that come first, and those of a table of runs. */
const TABLE_HEADS = [
  "run,uuid,project,name,metric,",
  "run,uuid,project,name,status,",
];

/** How a JSON export begins. */
export const JSON_HEAD = '{"format": "ato-runs", "version": 1, "runs": [';

/**
 * Whether a file is an export of ours, which a later one may replace.
 *
 * @param path A regular file.
 * @returns whether it begins, or for Parquet ends, as only ours do.
 */
export function isOurExport(path: string): boolean {
  const head = new TextDecoder().decode(headOf(path, 256));
  if (head.startsWith("PAR1")) {
    return tailOf(path, 256).includes("ato version ");
  }
  return head.startsWith(JSON_HEAD) ||
    (head.startsWith("<svg ") && head.includes(SVG_MARK)) ||
    TABLE_HEADS.some((names) => head.startsWith(names));
}

function tailOf(path: string, length: number): string {
  const tail = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    const start = Math.max(0, fstatSync(file).size - length);
    const read = readSync(file, tail, 0, length, start);
    return new TextDecoder("latin1").decode(tail.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
