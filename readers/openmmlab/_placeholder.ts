/** The private-use character at both ends of a placeholder for a value of a base. */
export const MARK = "\u{f8ff}";

/** Creates the placeholder for a value of the bases. */
export function marked(path: string): string {
  return `${MARK}_base_.${path}${MARK}`;
}

/** Returns the path of a placeholder; `undefined` if the string is not exactly a placeholder. */
export function isPlaceholder(text: string): string | undefined {
  return /^\u{f8ff}_base_\.([\w.]+)\u{f8ff}$/u.exec(text)?.[1];
}

/** Replaces placeholders by the text that was written in the file. */
export function unmarked(text: string): string {
  return text.replaceAll(
    /"\u{f8ff}(_base_\.[\w.]+)\u{f8ff}"/gu,
    (_, path: string) => `{{${path}}}`,
  );
}
