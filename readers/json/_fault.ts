/**
 * Finds the first syntax error of JSON. `JSON.parse` often says what is wrong, but not where.
 *
 * @param text A string that is not JSON.
 * @returns the offset of the first character that JSON does not allow there.
 */
export function findJsonFault(text: string): number {
  const scan = { text, at: 0 };
  try {
    scanValue(scan);
    skipSpace(scan);
    return scan.at;
  } catch (fault) {
    if (fault instanceof Fault) return fault.offset;
    throw fault;
  }
}

interface Scan {
  readonly text: string;
  at: number;
}

/** Carries the offset out of the recursion. */
class Fault extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

const SPACE = /[ \t\r\n]*/y;
// deno-lint-ignore no-control-regex -- what JSON forbids inside a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

function take(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text);
  if (found !== null) scan.at = pattern.lastIndex;
  return found !== null;
}

function skipSpace(scan: Scan): void {
  take(scan, SPACE);
}

function expect(scan: Scan, done: boolean): void {
  if (!done) throw new Fault(scan.at);
}

function takeMark(scan: Scan, mark: string): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] !== mark) return false;
  scan.at++;
  return true;
}

function scanValue(scan: Scan): void {
  skipSpace(scan);
  if (takeMark(scan, "{")) scanItems(scan, "}", scanMember);
  else if (takeMark(scan, "[")) scanItems(scan, "]", scanValue);
  else expect(scan, take(scan, STRING) || take(scan, SCALAR));
}

function scanItems(scan: Scan, end: string, item: (scan: Scan) => void): void {
  if (takeMark(scan, end)) return;
  do item(scan); while (takeMark(scan, ","));
  expect(scan, takeMark(scan, end));
}

function scanMember(scan: Scan): void {
  skipSpace(scan);
  expect(scan, take(scan, STRING));
  expect(scan, takeMark(scan, ":"));
  scanValue(scan);
}
