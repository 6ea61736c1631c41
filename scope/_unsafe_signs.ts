/**
 * The inside of a class of signs that would not survive a shell or a terminal: controls, line
 * breaks, lone surrogates, and those that turn the direction of what follows.
 */
export const UNSAFE_SIGNS: string = String
  .raw`\p{Cc}\p{Cs}\u00a0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff`;
