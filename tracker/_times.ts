/** Times as Python ato writes them: UTC without a zone, microseconds, `2026-01-31 12:00:00.000000`. */

/** Writes milliseconds since 1970. */
export function toTimeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace(
    "Z",
    "000",
  );
}

/** Reads a time text; microseconds are cut to milliseconds. */
export function fromTimeText(text: string): Date {
  const iso = text.trim().replace(" ", "T").replace(/(\.\d{3})\d+$/, "$1");
  return new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`);
}
