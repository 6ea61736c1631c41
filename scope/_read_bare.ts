/** What words that are no strings stand for. */
const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["null", null],
  ["None", null],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["+Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

const DIGITS = String.raw`\d+(?:_\d+)*`;
const INTEGER = /^[+-]?(?:0|[1-9]\d*(?:_\d+)*)$/;
const RADIX =
  /^[+-]?0(?:x[\da-f]+(?:_[\da-f]+)*|o[0-7]+(?:_[0-7]+)*|b[01]+(?:_[01]+)*)$/i;
const BIGINT = /^-?(?:0|[1-9]\d*(?:_\d+)*)n$/;
const FLOAT = new RegExp(
  `^[+-]?(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.)(?:e[+-]?\\d+)?$|^[+-]?${DIGITS}e[+-]?\\d+$`,
  "i",
);

/** An integer that a JavaScript number cannot hold; the reader turns it into an error. */
export class InexactInteger {
  /** The integer without its underscores. */
  readonly digits: string;

  /**
   * @param digits The integer without its underscores.
   */
  constructor(digits: string) {
    this.digits = digits;
  }
}

/**
 * Gives the value of a word without quotes.
 *
 * @param word The word, without blanks at its ends.
 * @returns a number, bigint, boolean, null or the word itself.
 */
export function bareValue(word: string): unknown {
  if (CONSTANTS.has(word)) return CONSTANTS.get(word);
  const plain = word.replaceAll("_", "");
  if (BIGINT.test(word)) return BigInt(plain.slice(0, -1));
  if (INTEGER.test(word) || RADIX.test(word)) return integer(plain);
  if (FLOAT.test(word)) {
    const value = Number(plain);
    // `12e4567` is more likely a name (a commit, a code) than a number that does not exist.
    return Number.isFinite(value) ? value : word;
  }
  return word;
}

function integer(digits: string): number | InexactInteger {
  const magnitude = digits.replace(/^[+-]/, "");
  const value = digits.startsWith("-") ? -Number(magnitude) : Number(magnitude);
  const isExact = Number.isSafeInteger(value) ||
    (Number.isFinite(value) && BigInt(magnitude) === BigInt(Math.abs(value)));
  return isExact ? value : new InexactInteger(digits);
}
