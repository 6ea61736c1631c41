/** The Python of the original package. Child processes without permissions do not load this file. */
import { PYTHON, whyNoPython } from "../_shared/python.ts";

/** A Python that has the original package, or why there is none. */
export function findPython(): { path: string } | { reason: string } {
  const reason = whyNoPython("ato.db_routers.sql.manager");
  return reason === false ? { path: PYTHON } : { reason };
}
