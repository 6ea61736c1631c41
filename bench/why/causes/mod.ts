/**
 * All causes of the suite.
 *
 * @module
 */
import type { Cause } from "../types.ts";
import { CREDIT } from "./credit.ts";
import { INPUTS } from "./inputs.ts";
import { PROGRAMS } from "./programs.ts";
import { PYTHON } from "./python.ts";
import { SPAM } from "./spam.ts";

/** All causes. */
export const CAUSES: readonly Cause[] = [
  ...CREDIT,
  ...SPAM,
  ...PROGRAMS,
  ...PYTHON,
  ...INPUTS,
];
