/** How far a file and a hub have the same journal of a search, as the file keeps it. */
import type { TravelFile } from "../../tracker/travel/mod.ts";
import { isRecord } from "../../internal/objects.ts";

/** The events that both have: their number, and the digest of their chain. */
export interface SearchBase {
  readonly count: number;
  readonly digest: string;
}

/** Reads what a file and a hub agreed on. What cannot be read counts as never agreed. */
export function searchBases(
  file: TravelFile,
  hub: string,
): Map<string, SearchBase> {
  const bases = new Map<string, SearchBase>();
  for (const [uuid, text] of file.studies.bases.read(hub)) {
    const base = baseOf(text);
    if (base !== undefined) bases.set(uuid, base);
  }
  return bases;
}

function baseOf(text: string): SearchBase | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const { count, digest } = value;
    return Number.isSafeInteger(count) && typeof digest === "string"
      ? { count: count as number, digest }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Makes what a file keeps. */
export function textOfBase({ count, digest }: SearchBase): string {
  return JSON.stringify({ count, digest });
}
