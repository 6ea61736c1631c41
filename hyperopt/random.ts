/** A generator of random numbers that can be forked by a number, so that trial 7 gets the same numbers whoever runs it. */
export interface Random {
  /** The next number in [0, 1), with 53 random bits. */
  next(): number;
  /** The next integer in [0, bound). */
  integer(bound: number): number;
  /** The next number of the standard normal distribution. */
  normal(): number;
  /** A generator of its own for `key`; neither's use changes the other. */
  fork(key: number | string): Random;
}
