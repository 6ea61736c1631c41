import { short } from "../internal/text.ts";
import type { PlotRung } from "./search_data.ts";

/** Names a rung. */
export function rungTitle({ bracket, rung, fidelity }: PlotRung): string {
  return `bracket ${bracket} rung ${rung} fidelity ${short(fidelity)}`;
}

/** Writes how many of the trials that entered a rung have a result there. */
export function rungText({ entered, ended }: PlotRung): string {
  return ended === entered ? `${entered}` : `${ended} of ${entered}`;
}
