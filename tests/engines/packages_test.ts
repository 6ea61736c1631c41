/** The packages of an engine are optional: without them, one sentence says how to install them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { OPTIONAL_PACKAGES } from "../../internal/optional_package.ts";
import { ROOT } from "../_shared/run_script.ts";
import { runWithoutPackages } from "../_shared/without_packages.ts";

test("packages of engines: their versions are those of the import map", () => {
  const { imports } = JSON.parse(
    readFileSync(join(ROOT, "deno.json"), "utf8"),
  );
  for (const [name, version] of Object.entries(OPTIONAL_PACKAGES)) {
    assertEquals(imports[name], `npm:${name}@${version}`);
  }
});

const PROGRAM = `
import { connectEngine } from "./hyperopt/engines/mod.ts";
for (const scheme of ["redis", "postgres", "nats"]) {
  try {
    await connectEngine(scheme + "://127.0.0.1:1", { searchId: "x" });
  } catch (error) {
    console.log(error.problem + " " + error.message);
  }
}
`;

test("an engine whose packages are not installed: one sentence says how to install them", async () => {
  const { out, err } = await runWithoutPackages(PROGRAM, [
    "hyperopt",
    "internal",
  ]);
  const lines = out.split("\n");
  assertEquals(lines.length, 3, err);
  for (const [i, driver] of ["ioredis", "pg"].entries()) {
    assert(
      lines[i]!.startsWith(
        "package Cannot connect to an engine: the package bullmq is not installed; " +
          `install it with: npm install bullmq ${driver} (Deno: deno add npm:bullmq npm:${driver})`,
      ),
      lines[i],
    );
  }
  assert(
    lines[2]!.startsWith(
      "package Cannot connect to an engine: the package @nats-io/transport-node is not installed; " +
        "install it with: npm install @nats-io/transport-node (Deno: deno add npm:@nats-io/transport-node)",
    ),
    lines[2],
  );
});
