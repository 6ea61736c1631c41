/** The words that stand for values other than strings and numbers. */
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
/** The sign, the digits with their prefix, and the suffix of bigints. */
const INTEGER =
  /^([+-]?)(0|[1-9]\d*(?:_\d+)*|0x[\da-f]+(?:_[\da-f]+)*|0o[0-7]+(?:_[0-7]+)*|0b[01]+(?:_[01]+)*)(n?)$/i;
const FLOAT = new RegExp(
  `^[+-]?(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.)(?:e[+-]?\\d+)?$|^[+-]?${DIGITS}e[+-]?\\d+$`,
  "i",
);

/**
 * Returns the value of a word without quotes.
 *
 * @param word The word, without spaces at its ends.
 * @returns a number, bigint, boolean, null or the word itself.
 */
export function bareValue(word: string): unknown {
  if (CONSTANTS.has(word)) return CONSTANTS.get(word);
  const integer = INTEGER.exec(word);
  // The suffix is a small letter, as in JavaScript.
  if (integer !== null && integer[3] !== "N") {
    const [, sign, digits, mark] = integer;
    return readInteger(sign === "-", digits!.replaceAll("_", ""), mark !== "");
  }
  if (FLOAT.test(word)) {
    const value = Number(word.replaceAll("_", ""));
    // `12e4567` is more likely a name (a commit, an id) than a number that overflows.
    return Number.isFinite(value) ? value : word;
  }
  return word;
}

/** An integer that a number cannot hold exactly is a bigint: a rounded seed is a different seed. */
function readInteger(
  isNegative: boolean,
  magnitude: string,
  isMarked: boolean,
): number | bigint {
  const value = isNegative ? -Number(magnitude) : Number(magnitude);
  if (!isMarked && Number.isSafeInteger(value)) return value;
  const exact = isNegative ? -BigInt(magnitude) : BigInt(magnitude);
  const isExact = Number.isFinite(value) && BigInt(value) === exact;
  return isMarked || !isExact ? exact : value;
}
