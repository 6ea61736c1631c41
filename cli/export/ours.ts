import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { SVG_MARK } from "../../plot/mod.ts";
import { REPORT_HEAD } from "../report/document.ts";
import { headOf } from "../output/database_file.ts";
import { VERSION } from "../../internal/version.ts";

/** The name of the writer in Parquet files. */
export const PARQUET_MAKER: string = `ato version ${VERSION} (build export)`;

/** The first columns of a table of points, and of a table of runs. */
const TABLE_HEADS = [
  "run,uuid,project,name,metric,",
  "run,uuid,project,name,status,",
  "trial,status,bracket,rung,fidelity,",
];

/** The start of a JSON export of a search. */
export const SEARCH_JSON_HEAD = '{"format": "ato-search", "version": 1, ';

/** The start of a JSON export. */
export const JSON_HEAD = '{"format": "ato-runs", "version": 1, "runs": [';

/**
 * Tells whether a file was exported by ato, so that a later export can replace it.
 *
 * @param path A regular file.
 * @returns true if it starts (Parquet: ends) as only our exports do.
 */
export function isOurExport(path: string): boolean {
  const head = new TextDecoder().decode(headOf(path, 256));
  if (head.startsWith("PAR1")) {
    return tailOf(path, 256).includes("ato version ");
  }
  return head.startsWith(REPORT_HEAD) || head.startsWith(JSON_HEAD) ||
    head.startsWith(SEARCH_JSON_HEAD) ||
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
