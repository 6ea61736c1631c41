/** The curves of several runs, small: those of the rows of the table that are in sight. */
import { StorageError } from "../../../tracker/mod.ts";
import type { SparklinesReply } from "../../search_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { RequestError } from "../reply.ts";

/** Parts of a curve: as many as a cell of the table has room for. */
const PARTS = 48;

/** The most runs of a request. */
const MOST_RUNS = 100;

/** `GET /api/sparklines?metric=NAME&ids=1,2,3`. */
export const sparklines: Endpoint<SparklinesReply> = {
  path: "/api/sparklines",
  isPlain: true,
  async answer(query, { source }) {
    const metric = query.text("metric");
    const ids = query.text("ids").split(",");
    if (ids.length > MOST_RUNS || !ids.every((id) => /^\d{1,15}$/.test(id))) {
      throw new RequestError(
        `Cannot read the request: ids are not at most ${MOST_RUNS} numbers of runs`,
      );
    }
    const finder = await source.finder();
    const found: SparklinesReply["lines"][number][] = [];
    for (const id of ids.map(Number)) {
      const parts = await finder.findRun(id).then((run) =>
        run?.metrics.chart(metric, { maxPoints: PARTS })
      ).catch((error: unknown) => {
        // A damaged run must not hide the others; its own page says more.
        if (error instanceof StorageError && error.problem === "corrupt") {
          return undefined;
        }
        throw error;
      });
      const finite = (value: number | undefined) =>
        Number.isFinite(value) ? value as number : null;
      found.push({
        id,
        steps: parts?.map(({ lastStep }) => lastStep) ?? [],
        min: parts?.map(({ min }) => finite(min)) ?? [],
        max: parts?.map(({ max }) => finite(max)) ?? [],
        last: parts?.map(({ last }) => finite(last)) ?? [],
      });
    }
    return { metric, lines: found };
  },
};
