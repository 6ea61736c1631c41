/** What these tests use of the comparison of runs. */
export { withoutMoves } from "../../why/moved_code.ts";
export { explain } from "../../why/mod.ts";
