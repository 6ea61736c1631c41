import { isPlainObject, setOwn } from "../../internal/objects.ts";
import { Float, keyText, Leaf, MapNode, type TreeNode } from "./_tree.ts";

/** How values are written into strings: like Python's `str`, or like JavaScript's `String`. */
export type TextStyle = "python" | "javascript";

/** Formats a value that is part of a string. */
export function textOf(node: TreeNode, style: TextStyle): string {
  if (!(node instanceof Leaf)) {
    return style === "python"
      ? pythonRepr(node)
      : JSON.stringify(plainOf(node));
  }
  const { value } = node;
  if (style === "python") return pythonText(value);
  if (value instanceof Float) return String(value.value);
  return isContainer(value) ? JSON.stringify(value) : String(value);
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value);
}

/** Formats a scalar as Python's `str` does. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (value instanceof Float) return floatText(value.value);
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? String(value) : floatText(value);
  }
  if (value instanceof Uint8Array) return bytesRepr(value);
  return String(value);
}

/** Formats a float as Python does: with the fewest digits that are read as the same float. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa!.replace(".", "");
  const point = Number(exponent);
  if (point >= -4 && point < 16) {
    const whole = point < 0
      ? "0"
      : digits.slice(0, point + 1).padEnd(point + 1, "0");
    const rest = point < 0
      ? "0".repeat(-point - 1) + digits
      : digits.slice(point + 1);
    return `${sign}${whole}.${rest === "" ? "0" : rest}`;
  }
  const size = String(Math.abs(point)).padStart(2, "0");
  return `${sign}${mantissa}e${point < 0 ? "-" : "+"}${size}`;
}

/** Formats a value, also a container, as Python's `repr` does. */
export function pythonRepr(node: TreeNode): string {
  if (node instanceof Leaf) return valueRepr(node.value);
  if (node instanceof MapNode) {
    const pairs = [...node.items].map(([key, item]) =>
      `${
        key.startsWith("\0") ? otherKeyRepr(keyText(key)) : stringRepr(key)
      }: ${pythonRepr(item)}`
    );
    return `{${pairs.join(", ")}}`;
  }
  // `Array.from` reads an empty place as undefined; it is `None`, as it is `null` in JSON.
  const items = Array.from<TreeNode | undefined, string>(
    node.items,
    (item) => item === undefined ? "None" : pythonRepr(item),
  );
  return `[${items.join(", ")}]`;
}

/** Returns the `repr` of a key that is not a string. */
function otherKeyRepr(text: string): string {
  return { true: "True", false: "False", null: "None" }[text] ?? text;
}

function valueRepr(value: unknown): string {
  return typeof value === "string" ? stringRepr(value) : pythonText(value);
}

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // deno-lint-ignore no-control-regex
  const escaped = text.replace(/[\\'"\0-\x1f\x7f-\xa0\xad]/g, (char) => {
    if (char === "\\" || char === quote) return `\\${char}`;
    if (char === "'" || char === '"') return char;
    return ESCAPES[char] ??
      `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return quote + escaped + quote;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function bytesRepr(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += char === "\\" || char === "'"
      ? `\\${char}`
      : ESCAPES[char] ?? (byte >= 32 && byte < 127
        ? char
        : `\\x${byte.toString(16).padStart(2, "0")}`);
  }
  return `b'${text}'`;
}

/** Converts a node to plain data; floats become numbers. */
export function plainOf(node: TreeNode): unknown {
  if (node instanceof Leaf) {
    return node.value instanceof Float ? node.value.value : node.value;
  }
  if (node instanceof MapNode) {
    const data: Record<string, unknown> = {};
    for (const [key, item] of node.items) {
      setOwn(data, keyText(key), plainOf(item));
    }
    return data;
  }
  return node.items.map(plainOf);
}
