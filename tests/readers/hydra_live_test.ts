/**
 * The same configs composed by hydra-core itself, if `ATO_HYDRA_PYTHON` names a Python that has it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals, assertGreater } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { TREE, writeConfigs } from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const python = process.env.ATO_HYDRA_PYTHON;
const skip = python === undefined
  ? "ATO_HYDRA_PYTHON names no Python with hydra-core"
  : false;

const OVERRIDES: readonly string[][] = [
  [],
  ["lr=1e-5", "+a={b: [1, 'x', null], c: ${lr}}", "text=1"],
  ["+text='lr is ${lr}, ${deep.list}'", "lr=1.0"],
  ["db=postgres"],
  ["server=nginx", "server@backup=nginx"],
  ["~server", "~server@backup", "+flat=one"],
  ["+flat=[one,moved]", "+flat@here=moved"],
  ["deep.a.b=[1,2]", "++deep.list=null", "+empty=x", "must=given"],
  ["deep=[1]"],
  ["none=1"],
  ["+lr=1"],
  ["lr=1,2"],
  ["~lr=0.1", "~name=run"],
  ["~name=other"],
  ["deep.list.1=${lr}", "+x=int('7')", "+y=sort([3,1,2])", "+z=a\\,b\\ c"],
];

test(
  "fromHydra: hydra-core composes the same configs and refuses the same ones",
  { skip },
  async () => {
    const peer = fileURLToPath(
      new URL("../../bench/hydra/peer.py", import.meta.url),
    );
    await withTempFolder(async (folder) => {
      writeConfigs(`${folder}/conf`, TREE);
      const dir = `${folder}/conf`;
      const cases = OVERRIDES.map((overrides) =>
        JSON.stringify({ dir, name: "config", overrides })
      );
      writeFileSync(`${folder}/cases`, cases.join("\n") + "\n");
      execFileSync(python!, [peer, `${folder}/cases`, `${folder}/out`]);
      const lines = readFileSync(`${folder}/out`, "utf-8").trim().split("\n");
      let equal = 0;
      for (const [i, overrides] of OVERRIDES.entries()) {
        const told = JSON.parse(lines[i]!);
        const ours = await ADict.fromHydra({ configDir: dir, overrides })
          .then((config) => ({ config }), (error: Error) => ({ error }));
        assertEquals(
          "error" in ours,
          "error" in told,
          `${overrides}: ${lines[i]}`,
        );
        if ("error" in ours) continue;
        assertEquals(
          ours.config.toObject() as unknown,
          plain(told.raw),
          overrides.join(" "),
        );
        const resolved = ours.config.resolve({ mandatory: "keep" });
        for (const [path, value] of Object.entries(told.values)) {
          assertEquals(
            resolved.getByPath(JSON.parse(path)),
            plain(value),
            path,
          );
        }
        equal++;
      }
      assertGreater(equal, 7);
    });
  },
);

/** Returns the plain values of what hydra-core writes with types. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { map, list, int, float } = value as Record<string, never>;
  if (map !== undefined) {
    return Object.fromEntries(
      Object.entries(map).map(([key, item]) => [key, plain(item)]),
    );
  }
  if (list !== undefined) return (list as unknown[]).map(plain);
  return Number(int ?? float);
}
