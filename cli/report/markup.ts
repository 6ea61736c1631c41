/** HTML from texts that are not trusted: every text is escaped unless it is markup already. */
import { visible } from "../../internal/visible_text.ts";

/** Markup that can be written as it is. */
export class Markup {
  /** The text of it. */
  readonly text: string;

  /**
   * Marks a text as markup.
   *
   * @param text Markup in which everything from a file is escaped.
   */
  constructor(text: string) {
    this.text = text;
  }
}

/** What an element can hold. Nothing is written for `undefined` and `false`. */
export type Content = Markup | string | undefined | false | readonly Content[];

/**
 * Makes an element.
 *
 * @param tag Its name, with a class after a point: `p.verdict`.
 * @param content What it holds; strings are escaped.
 * @returns the element.
 */
export function element(tag: string, ...content: readonly Content[]): Markup {
  const [name, ...classes] = tag.split(".");
  const attribute = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  return new Markup(`<${name}${attribute}>${textOf(content)}</${name}>`);
}

/**
 * Makes a table.
 *
 * @param head The titles of the columns.
 * @param rows The cells.
 * @returns the table in a box that scrolls by itself.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Content[])[],
): Markup {
  return element(
    "div.rows",
    element(
      "table",
      element("thead", element("tr", head.map((one) => element("th", one)))),
      element(
        "tbody",
        rows.map((cells) =>
          element("tr", cells.map((cell) => element("td", cell)))
        ),
      ),
    ),
  );
}

/** Joins markup and escaped texts. */
export function textOf(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escaped(content);
  return content instanceof Markup
    ? content.text
    : content.map(textOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that hide or turn text are shown as escapes; line breaks stay. */
function escaped(text: string): string {
  return text.split("\n").map(visible).join("\n")
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}
