/** What records the program and the inputs of a run; a program without runs loads none of it. */
import "../inputs/mod.ts";

export { takeSnapshot } from "../fingerprint/program/mod.ts";
