/** What stands at both ends of a string that stands for a value of a base: a private character. */
export const MARK = "\u{f8ff}";

/** Makes the string that stands for a value of the bases. */
export function marked(path: string): string {
  return `${MARK}_base_.${path}${MARK}`;
}

/** The path that a string stands for; `undefined` if it is not just that. */
export function isPlaceholder(text: string): string | undefined {
  return /^\u{f8ff}_base_\.([\w.]+)\u{f8ff}$/u.exec(text)?.[1];
}

/** Shows the text as it was written. */
export function unmarked(text: string): string {
  return text.replaceAll(
    /"\u{f8ff}(_base_\.[\w.]+)\u{f8ff}"/gu,
    (_, path: string) => `{{${path}}}`,
  );
}
