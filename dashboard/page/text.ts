/** How values are written. */
import { visible } from "../../internal/visible_text.ts";
import type { Cell, Figure } from "../api_types.ts";

/** A person or a thing that is drawn as one sign, though it is several that are joined. */
const JOINED =
  /(\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*(?:\u200d\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*)+)/u;

/** Writes text of the file; characters that are invisible or turn the direction are escaped. */
export function shown(text: string): string {
  // The sign that joins is invisible, and hides nothing between two pictures.
  return text.split(JOINED).map((part, i) => i % 2 === 1 ? part : visible(part))
    .join("");
}

/** The most letters of a name that is a heading. */
const BRIEF = 120;

/** Writes a name that may be of any length. */
export function brief(text: string): string {
  const letters = [...text];
  return letters.length <= BRIEF
    ? shown(text)
    : `${shown(letters.slice(0, BRIEF).join(""))}…`;
}

/** Writes a number with five digits. */
export function number(value: Figure | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(rounded(value, 5));
}

/** Rounds a number to some digits; of the greatest ones, which would be rounded to infinity, all digits stay. */
export function rounded(value: number, digits: number): number {
  const found = Number(value.toPrecision(digits));
  return Number.isFinite(found) ? found : value;
}

/** Writes a config value. */
export function cell(value: Cell | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" ? number(value) : shown(String(value));
}

/** Writes a time of the person's own zone: `2026-11-29 14:05`. */
export function time(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return "";
  const at = new Date(milliseconds);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${
    two(at.getHours())
  }:${two(at.getMinutes())}`;
}

/** Writes a duration: `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Writes a size: `12 KiB`. */
export function bytes(size: number | undefined): string {
  if (size === undefined) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = size < 1
    ? 0
    : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${Number((size / 1024 ** power).toPrecision(3))} ${units[power]}`;
}
