/**
 * The characters that a shell or a terminal would change, for a character class of a `RegExp`: control
 * characters, line breaks, lone surrogates, and marks that change the direction of text.
 */
export const UNSAFE_CHARACTERS: string = String
  .raw`\p{Cc}\p{Cs}\u00a0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff`;
