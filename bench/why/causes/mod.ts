/**
 * All causes of the suite.
 *
 * @module
 */
import type { Cause } from "../types.ts";
import { CREDIT } from "./credit.ts";

/** All causes. */
export const CAUSES: readonly Cause[] = [...CREDIT];
