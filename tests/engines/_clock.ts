/** A process whose clock is some hours off: it tries to take a job and a lock that another process holds. */
import process from "node:process";
import { connect } from "./_connect.ts";

const [, , url, searchId, hours] = process.argv;
const real = Date.now;
Date.now = () => real() + Number(hours) * 3_600_000;
// It looks for leases that ran out every few milliseconds, and would end them by its own clock.
const backend = await connect(url!, { searchId: searchId!, lease: 60 });
const job = await backend.take({ wait: 500 });
const lock = await backend.lock("owner");
console.log(JSON.stringify({
  took: job !== undefined,
  locked: lock !== undefined,
  off: await backend.now() - real(),
}));
await backend.close();
