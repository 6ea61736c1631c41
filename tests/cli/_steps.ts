/** Functions that tests trace. This module imports nothing, so that little is read with it. */
export const STEPS: readonly ((x: number) => number)[] = [
  (x) => x + 1,
  (x) => x + 2,
];
