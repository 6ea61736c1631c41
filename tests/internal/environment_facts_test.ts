import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  environmentFacts,
  type ShownEnvironment,
} from "../../internal/environment_facts.ts";

const CASES: readonly [ShownEnvironment, [string, string][]][] = [
  [{}, []],
  [{ memory: 0 }, [["memory", "0 MiB"]]],
  [{ cpu: { count: 2 } }, [["processor", "2 x unknown"]]],
  [{ os: { platform: "linux", arch: "x64" } }, [["system", "linux  x64"]]],
  [{ argv: ["deno", "a.ts"] }, [["command", "deno a.ts"]]],
  [{ argv: ["deno"], command: ["deno", "run"] }, [["command", "deno run"]]],
  [{ argv: [] }, []],
  [{ git: {} }, []],
  [{ git: { dirty: false, branch: "main" } }, [["git", "on main"]]],
  [
    { git: { commit: "a".repeat(40), dirty: true, diff: "one\ntwo" } },
    [[
      "git",
      "aaaaaaaaaaaa with uncommitted changes (2 lines of diff stored)",
    ]],
  ],
  [
    { lockFile: { name: "deno.lock", sha256: "0123456789abcdef" } },
    [["lock file", "deno.lock 0123456789ab"]],
  ],
  [{ host: "here" }, [["host", "here"]]],
  [{ host: "here", pid: 0 }, [["host", "here, process 0"]]],
  [{ pid: 4 }, []],
];

for (const [environment, facts] of CASES) {
  test(`environmentFacts: ${JSON.stringify(environment).slice(0, 80)}`, () => {
    assertEquals(environmentFacts(environment), facts);
  });
}
