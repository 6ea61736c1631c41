import type { CodeNote } from "./code.ts";

// Istanbul's counters, and those of older tools.
const COUNTERS = /^(?:cov_[0-9a-z]{5,}|__coverage__|__cov_.+|_\$jscoverage)$/i;
/** Shorter code tells too little about how it was written. */
const TELLING_LENGTH = 120;
/** People use a space or a line break for about every fourth character; minifiers hardly any. */
const LEAST_SPACE = 0.08;

function isMinified(text: string): boolean {
  if (text.length < TELLING_LENGTH) return false;
  const code = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  const spaces = code.length - code.replace(/\s/g, "").length;
  return spaces / code.length < LEAST_SPACE;
}

/** The tools that the text of a function shows traces of. */
export function codeNotes(
  text: string,
  free: readonly string[],
): readonly CodeNote[] {
  const notes: CodeNote[] = [];
  if (free.some((name) => COUNTERS.test(name))) notes.push("coverage");
  if (isMinified(text)) notes.push("minified");
  return notes;
}
