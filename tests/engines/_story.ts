/** The search of the story, which one process alone can run, too. */

/** How many configs there are. */
export const SPACE_SIZE = 24;

/** The settings of the search. */
export const SETTINGS = {
  halvingRate: 0.5,
  numMinSamples: 2,
  mode: "max",
} as const;

/** The objective. */
export function metricOf(x: number, halved: number): number {
  return ((x * 7) % 23) + halved / 10;
}
