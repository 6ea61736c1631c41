const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Escapes what XML would take for markup. */
export function escapeXml(words: string): string {
  return words.replace(/[&<>"]/g, (char) => ENTITIES[char]!);
}

/** Returns a text element. */
export function svgText(
  x: number,
  y: number,
  words: string,
  anchor: "start" | "middle" | "end",
  more = "",
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${more}>${
    escapeXml(words)
  }</text>`;
}
