/** A process of the benchmark of engines: `_engine_worker.ts URL SEARCH hold|work [CONNECTIONS]`. */
import process from "node:process";
import { connectEngine } from "../hyperopt/engines/mod.ts";

const [, , url, searchId, what, count = "1"] = process.argv;
const options = { searchId: searchId!, lease: 2_000, warn: () => {} };
const connections = await Promise.all(
  Array.from({ length: Number(count) }, () => connectEngine(url!, options)),
);
if (what === "hold") await connections[0]!.take({ wait: 60_000 });
console.log("ready");
await Promise.all(connections.map(async (backend) => {
  while (what === "work") {
    const job = await backend.take({ wait: 10_000 });
    if (job === undefined) continue;
    await backend.journal.append(job.id, job.data);
    await job.ack();
  }
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}));
