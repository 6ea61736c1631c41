/**
 * Numbers as YAML 1.1 writes them: what the grammars of both readers have in common.
 *
 * @module
 */

/**
 * The value of an integer's digits: decimal, binary `0b11`, octal `017`, hexadecimal `0xF`, and to
 * the base of 60 `1:30`; with `_` anywhere between the digits.
 *
 * @param text The text of a scalar.
 * @returns the integer, exact; `undefined` if the text is not one.
 */
export function readInteger(text: string): bigint | undefined {
  const [, sign, size] = /^([-+]?)(.*)$/s.exec(text.replaceAll("_", ""))!;
  const value = size!.includes(":") ? readBase60(size!) : readDigits(size!);
  return value === undefined || sign !== "-" ? value : -value;
}

function readDigits(size: string): bigint | undefined {
  if (/^0[0-7]+$/.test(size)) return BigInt(`0o${size.slice(1)}`);
  return /^(?:0b[01]+|0x[0-9a-f]+|0|[1-9][0-9]*)$/i.test(size)
    ? BigInt(size)
    : undefined;
}

function readBase60(size: string): bigint | undefined {
  if (!/^[0-9]+(?::[0-9]+)+$/.test(size)) return undefined;
  return size.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
}

/**
 * The value of a float's digits, perhaps without a fraction, or to the base of 60.
 *
 * @param text The text of a scalar.
 * @returns the float; `undefined` if the text is not one.
 */
export function readFloat(text: string): number | undefined {
  const plain = text.replaceAll("_", "").toLowerCase();
  const [, sign, size] = /^([-+]?)(.*)$/s.exec(plain)!;
  const value = readSize(size!);
  return value === undefined || sign !== "-" ? value : -value;
}

function readSize(size: string): number | undefined {
  if (size === ".inf" || size === "inf") return Infinity;
  if (size === ".nan" || size === "nan") return NaN;
  if (/^[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?$/.test(size)) {
    // Python adds them in this order, starting with the last.
    return size.split(":").reduceRight(
      ({ sum, base }, part) => ({
        sum: sum + Number(part) * base,
        base: base * 60,
      }),
      { sum: 0, base: 1 },
    ).sum;
  }
  return /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(size)
    ? Number(size)
    : undefined;
}
