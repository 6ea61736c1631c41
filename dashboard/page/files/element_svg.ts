/// <reference lib="dom" />
/**
 * A drawing of the page as an SVG document: the drawings in an element with the colours that they have now, and its
 * texts where they are. It is made as a tree, never as text, so that names of the file cannot become markup.
 */
import { coloursAt } from "../parts/plot_theme.ts";
import { brief, shown } from "../text.ts";

const SVG = "http://www.w3.org/2000/svg";

/** What styles give to a drawing; a file of its own has no style sheet. */
const LOOK = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "paint-order",
  "opacity",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
] as const;

/** The room for the title, and at each side. */
const [TITLE, SIDE] = [30, 12];

/**
 * Draws an element as a document.
 *
 * @param element A drawing, or what has drawings and texts; what is hidden, and buttons, are left out.
 * @param title What it shows.
 */
export function elementSvg(element: Element, title: string): string {
  const colour = coloursAt(element);
  const origin = element.getBoundingClientRect();
  const [width, height] = [origin.width + 2 * SIDE, origin.height + SIDE];
  const root = create("svg", { width, height: height + TITLE });
  root.setAttribute("viewBox", `0 0 ${width} ${height + TITLE}`);
  root.setAttribute("font-family", "sans-serif");
  const name = create("title", {});
  name.textContent = shown(title);
  const back = create("rect", { width: "100%", height: "100%" });
  back.setAttribute("fill", colour("--back"));
  const head = create("text", { x: width / 2, y: 20, "font-size": 14 });
  head.setAttribute("text-anchor", "middle");
  head.setAttribute("fill", colour("--text"));
  head.textContent = brief(title);
  const body = create("g", { transform: `translate(${SIDE} ${TITLE})` });
  for (const part of partsOf(element, origin)) body.append(part);
  root.append(name, back, head, body);
  return new XMLSerializer().serializeToString(root);
}

function create(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  return element;
}

interface Origin {
  readonly left: number;
  readonly top: number;
}

/** The drawings and texts within an element, in order. */
function partsOf(node: Node, origin: Origin): SVGElement[] {
  if (node instanceof SVGSVGElement) return [copyOf(node, origin)];
  if (node instanceof Text) return linesOf(node, origin);
  if (!(node instanceof Element) || node.matches("button, .hidden, .files")) {
    return [];
  }
  return [...node.childNodes].flatMap((child) => partsOf(child, origin));
}

/** A drawing at its place, with its colours. */
function copyOf(drawing: SVGSVGElement, origin: Origin): SVGElement {
  const { left, top, width, height } = drawing.getBoundingClientRect();
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [from, to] = [drawing, copy].map((one) => [
    one,
    ...one.querySelectorAll<SVGElement>("*"),
  ]);
  from!.forEach((element, i) => {
    const target = to![i]!;
    const style = getComputedStyle(element);
    for (const name of LOOK) {
      target.setAttribute(name, style.getPropertyValue(name));
    }
    for (
      const name of [
        "class",
        "style",
        "role",
        "tabindex",
        ...target.getAttributeNames().filter((name) =>
          name.startsWith("aria-")
        ),
      ]
    ) target.removeAttribute(name);
  });
  const place = { x: left - origin.left, y: top - origin.top, width, height };
  for (const [name, value] of Object.entries(place)) {
    copy.setAttribute(name, String(value));
  }
  copy.setAttribute("overflow", "visible");
  return copy;
}

/** A text, a line for each one that it has on the screen. */
function linesOf(text: Text, origin: Origin): SVGElement[] {
  const parent = text.parentElement;
  if (parent === null || text.data.trim() === "") return [];
  const style = getComputedStyle(parent);
  const lines: { top: number; left: number; bottom: number; words: string }[] =
    [];
  const range = document.createRange();
  for (const { index, 0: word } of text.data.matchAll(/\S+\s*/g)) {
    range.setStart(text, index);
    range.setEnd(text, index + word.trimEnd().length);
    const { left, top, bottom } = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.top - top) < 2) last.words += word;
    else lines.push({ top, left, bottom, words: word });
  }
  const size = parseFloat(style.fontSize);
  return lines.map(({ left, top, bottom, words }) => {
    const line = create("text", {
      x: (left - origin.left).toFixed(1),
      // The baseline is about a third of the size of the letters below the middle of the line.
      y: ((top + bottom) / 2 + size * 0.35 - origin.top).toFixed(1),
      "font-size": style.fontSize,
      "font-weight": style.fontWeight,
      fill: style.color,
    });
    line.textContent = words.trim();
    return line;
  });
}
