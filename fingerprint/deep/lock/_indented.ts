/** Nested mappings of strings. */
export type Block = ReadonlyMap<string, string | Block>;

type OpenBlock = Map<string, string | Block>;

/**
 * Reads the part of YAML in which package managers write mappings: one `key: value` a line, nested by
 * indentation. Everything but mappings is left out.
 *
 * @param text The file.
 * @param sections The keys at the top whose blocks are read.
 * @returns what is in them.
 */
export function readBlocks(text: string, sections: ReadonlySet<string>): Block {
  const root: OpenBlock = new Map();
  let stack: { readonly indent: number; readonly block: OpenBlock }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const indent = match[1]!.length;
    const key = unquote(match[2]!);
    if (indent === 0) {
      stack = sections.has(key) ? [{ indent: -1, block: root }] : [];
    }
    while ((stack.at(-1)?.indent ?? -1) >= indent) stack.pop();
    const parent = stack.at(-1)?.block;
    if (parent === undefined) continue;
    const value = (match[3] ?? "").trim();
    if (value !== "") {
      parent.set(key, unquote(value));
      continue;
    }
    const block: OpenBlock = new Map();
    parent.set(key, block);
    stack.push({ indent, block });
  }
  return root;
}

/** Indentation, key (quoted or not) and the rest. */
const LINE =
  /^( *)('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s'"#-][^:]*):(?: (.*)|)$/;

/**
 * Removes the quotes of a string.
 *
 * @param text A YAML scalar.
 * @returns what it says.
 */
export function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.startsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, "$1")
    : text;
}
