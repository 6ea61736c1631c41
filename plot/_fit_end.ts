import { widthOf } from "../internal/text_width.ts";

/** Keeps the end of a path, in which paths differ most. */
export function fitEnd(path: string, columns: number): string {
  if (widthOf(path) <= columns) return path;
  const characters = [...path];
  while (
    characters.length > 0 && widthOf(`…${characters.join("")}`) > columns
  ) characters.shift();
  return `…${characters.join("")}`;
}
