/** Functions whose deep fingerprints are tested. This module imports nothing, so that little is read with it. */

/** Returns a function that uses a nested helper and a captured value. */
export function makeScaled(factor: number): (x: number) => number {
  const twice = (y: number) => 2 * y;
  return (x: number) => twice(x) * factor;
}

/** Direct and mutual recursion. */
export const isEven = (n: number): boolean => n === 0 || isOdd(n - 1);
const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1);

/** A class with a method. */
export class Judge {
  /** Judges. */
  judge(x: number): number {
    return x * 2;
  }
}

/** Uses a class that it is given. */
export const byArgument = (judge: { judge(x: number): number }): number =>
  judge.judge(1);

/** A getter that uses another function. */
export const getter: () => number = Object.getOwnPropertyDescriptor(
  class {
    get half(): number {
      return isEven(2) ? 1 : 2;
    }
  }.prototype,
  "half",
)!.get!;
