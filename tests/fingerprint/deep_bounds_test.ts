import { test } from "node:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assertEquals } from "@std/assert";
import { ModuleGraph } from "../../fingerprint/deep/_module_graph.ts";
import { Project } from "../../fingerprint/deep/_project.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

test("fingerprintDeep: a project that is too large is read in part, and the rest is a blind spot", async () => {
  const folder = makeTempFolder("bounds");
  try {
    for (let i = 0; i < 5; i++) {
      const text = `import "./m${i + 1}.js";\nexport const filler = "${
        "x".repeat(1000)
      }";\n`;
      writeFileSync(join(folder, `m${i}.js`), text);
    }
    writeFileSync(join(folder, "m5.js"), "export const last = 1;\n");
    const url = (i: number) => pathToFileURL(join(folder, `m${i}.js`)).href;
    const kinds = async (most: number) => {
      const graph = new ModuleGraph(new Project(), most);
      return (await graph.load(url(0))).map((one) => {
        const loaded = graph.get(one);
        return loaded === undefined
          ? "nothing"
          : "blind" in loaded
          ? loaded.blind.kind
          : "read";
      });
    };
    assertEquals(await kinds(1e6), Array(6).fill("read"));
    assertEquals(await kinds(2500), ["read", "read", "read", "too-many"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
