/** The contract of backends, on real servers. */
import { test } from "node:test";
import { checkBackend } from "../hyperopt/_backend_contract.ts";
import { connect } from "./_connect.ts";
import { PATIENT_ENGINES } from "./_engines.ts";

/** A call to a server can take long on a busy machine. */
const SHORT = 600;

for (const { name, skip, server } of PATIENT_ENGINES) {
  if (skip) {
    test(`${name}: the contract of backends`, { skip }, () => {});
    continue;
  }
  checkBackend(name, async (lease) => {
    const { url } = await server();
    const searchId = `contract ${crypto.randomUUID()}`;
    const open = await Promise.all(
      [0, 1].map(() => connect(url, { searchId, lease })),
    );
    return { connect: () => open.shift()!, end: () => Promise.resolve() };
  }, SHORT);
}
