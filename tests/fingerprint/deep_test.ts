import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { fingerprintDeep } from "@ato/ato/fingerprint";
import { RUN_SOURCE, type RunSource } from "@ato/ato/tracker";
import { Scope } from "@ato/ato/scope";
import {
  byArgument,
  getter,
  isEven,
  Judge,
  makeScaled,
} from "./_deep_functions.ts";
import { fingerprintIn, PROJECT } from "./_deep_project.ts";
import {
  meaning,
  mutants,
  PLAIN,
  program,
  STRANGE,
  Writer,
} from "./_programs.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig } from "../_shared/run_script.ts";
import { SHARE, SHARES } from "../_shared/share.ts";

/** The programs are read as text, so the runtimes share them: each generates other ones. */
const SETTINGS = { seed: 20_251 + SHARE, numRuns: 60 / SHARES };

declare const helper: (a: number, b: number) => unknown;
const useHelper = (x: number) => helper(x, 1);

/** The deep hash of a function that uses generated code in another file. */
async function hashWith(code: string): Promise<string> {
  const record = await fingerprintIn(
    {
      "deno.json": "{}",
      "train.ts":
        'import { helper } from "./helper.ts";\nexport const use = (x: number) => helper(x, 1);\n',
      "helper.ts":
        `const PI = 3;\nconst [f, g] = [1, 2];\nexport const helper = ${code};\n`,
    },
    {},
    useHelper,
  );
  assert(record.hash !== undefined, record.reason);
  return record.hash;
}

test("property: fingerprintDeep: the spelling of a helper does not change the hash", async () => {
  await fc.assert(
    fc.asyncProperty(program, async (generated) => {
      assertEquals(
        await hashWith(new Writer(PLAIN).program(generated)),
        await hashWith(new Writer(STRANGE).program(generated)),
      );
    }),
    SETTINGS,
  );
});

test("property: fingerprintDeep: an operator or constant changed in reachable code changes the hash", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(program, async (generated) => {
      const before = meaning(generated);
      const hash = await hashWith(before);
      for (const mutant of mutants(generated).slice(0, 10)) {
        const after = meaning(mutant);
        if (after === before) continue;
        compared++;
        assertNotEquals(await hashWith(after), hash, after);
      }
    }),
    SETTINGS,
  );
  assert(compared > 200 / SHARES);
});

/** Their module, which is read with each fingerprint; this one reaches the whole library. */
const FUNCTIONS = new URL("./_deep_functions.ts", import.meta.url).href;

test("fingerprintDeep: nested helpers are followed, and captured values are blind spots unless they are given", async () => {
  const record = (captures?: Record<string, unknown>) =>
    fingerprintDeep(makeScaled(2), {
      module: FUNCTIONS,
      ...(captures && { captures }),
    });
  const plain = await record();
  assertMatch(plain.dependencies.map(({ id }) => id).join(), /#twice,factor$/);
  assertEquals(plain.blindSpots.filter(({ kind }) => kind === "captured"), [
    { kind: "captured", what: "factor" },
  ]);
  const two = await record({ factor: 2 });
  const three = await record({ factor: 3 });
  assertNotEquals(two.hash, three.hash);
  assertEquals((await record({ factor: 2 })).hash, two.hash);
  assertEquals(two.blindSpots.filter(({ kind }) => kind === "captured"), []);
});

test("fingerprintDeep: direct and mutual recursion ends", async () => {
  const { dependencies } = await fingerprintDeep(isEven, {
    module: FUNCTIONS,
  });
  assertEquals(dependencies.map(({ id }) => id.split("#")[1]), ["isOdd"]);
});

test("fingerprintDeep: `includes` names functions that are passed as arguments", async () => {
  const module = FUNCTIONS;
  const without = await fingerprintDeep(byArgument, { module });
  const included = await fingerprintDeep(byArgument, {
    module,
    includes: [Judge],
  });
  assertNotEquals(included.hash, without.hash);
  assertEquals(
    included.dependencies.map(({ id, kind }) => [id.split("#")[1], kind]),
    [
      ["Judge", "included"],
    ],
  );
});

test("fingerprintDeep: a method, a getter and a class are found in their module", async () => {
  for (const fn of [Judge, Judge.prototype.judge, getter]) {
    const { hash, reason } = await fingerprintDeep(fn, { module: FUNCTIONS });
    assert(hash?.startsWith("ato-deep-v1:"), reason);
  }
});

test("fingerprintDeep: functions with the same source are distinguished by their line", async () => {
  const files = {
    "deno.json": "{}",
    "train.ts": `const A = 1, B = 2;
function one() { const V = A; const pick = (x: number) => x + k(); const k = () => A; return [V, pick]; }
function two() { const V = B; const pick = (x: number) => x + k(); const k = () => B; return [V, pick]; }
export { one, two };
`,
  };
  declareK();
  const pick = (x: number) => x + k();
  const first = await fingerprintIn(files, { line: 2 }, pick);
  const second = await fingerprintIn(files, { line: 3 }, pick);
  assertEquals(first.dependencies.map(({ id }) => id), [
    "train.ts#k",
    "train.ts#A",
  ]);
  assertEquals(second.dependencies.map(({ id }) => id), [
    "train.ts#k",
    "train.ts#B",
  ]);
});

declare const k: () => number;
function declareK(): void {}

const REASONS: [string, string, string][] = [
  ["a remote module", "https://example.com/train.ts", "remote"],
  ["evaluated code", "data:text/javascript,export const x = 1", "remote"],
  ["a module that is not there", "file:///nowhere/train.ts", "ENOENT"],
];

for (const [name, module, reason] of REASONS) {
  test(`fingerprintDeep: no hash, but a reason: ${name}`, async () => {
    const record = await fingerprintDeep(isEven, { module });
    assertEquals([record.hash, record.graph, record.dependencies], [
      undefined,
      undefined,
      [],
    ]);
    assertStringIncludes(record.reason ?? "", reason);
  });
}

test("fingerprintDeep: no hash, but a reason: a function that the source does not contain", async () => {
  const { hash, reason } = await fingerprintIn(PROJECT, {}, function made() {
    return 12345;
  });
  assertEquals(hash, undefined);
  assertStringIncludes(reason ?? "", "made is not in the source");
});

test("fingerprintDeep: no hash, but a reason: a module that cannot be parsed", async () => {
  const { hash, reason } = await fingerprintIn({
    "train.ts": "export const = 1;",
  });
  assertEquals(hash, undefined);
  assertStringIncludes(reason ?? "", "train.ts");
});

test("fingerprintDeep: import cycles and circular re-exports end", async () => {
  const { hash, reason, dependencies } = await fingerprintIn(
    {
      "deno.json": "{}",
      "train.ts":
        'import { helper } from "./a.ts";\nexport const use = (x: number) => helper(x, 1);\n',
      "a.ts": 'export * from "./b.ts";\nexport { nothing } from "./b.ts";\n',
      "b.ts":
        'export * from "./a.ts";\nimport { helper as again } from "./a.ts";\n' +
        "export const helper = (a: number, b: number): number => b ? again(a, 0) : a;\n" +
        'export { nothing } from "./a.ts";\n',
    },
    {},
    useHelper,
  );
  assert(hash !== undefined, reason);
  assertEquals(dependencies.map(({ id }) => id), ["b.ts#helper"]);
});

test("fingerprintDeep: a version comes from npm's lock file or from the installed package", async () => {
  const files = {
    "package.json": '{ "dependencies": { "left": "^1.0.0" } }',
    "train.ts":
      'import { helper } from "left";\nexport const use = (x: number) => helper(x, 1);\n',
  };
  const locked = await fingerprintIn(
    {
      ...files,
      "package-lock.json":
        '{ "packages": { "node_modules/left": { "version": "1.2.3" } } }',
    },
    {},
    useHelper,
  );
  assertEquals(locked.packages, { "npm:left": "1.2.3" });
  const installed = await fingerprintIn(
    {
      ...files,
      "node_modules/left/package.json": '{ "version": "1.2.3" }',
    },
    {},
    useHelper,
  );
  assertEquals(installed.hash, locked.hash);
  assertEquals((await fingerprintIn(files, {}, useHelper)).packages, {
    "npm:left": "unknown",
  });
});

function sourceOf(scope: Scope): RunSource {
  return (scope.apply([]) as unknown as { [RUN_SOURCE]: RunSource })[
    RUN_SOURCE
  ];
}

/** In this module, which is where the scope looks for them. */
const even = (n: number): boolean => n === 0 || odd(n - 1);
const odd = (n: number): boolean => n !== 0 && even(n - 1);

test("scope.trace: the code that the function uses is followed unless an option forbids it", async () => {
  const scope = new Scope();
  scope.trace({ id: "on" })(even);
  scope.trace({ id: "off", deep: false })(odd);
  scope.trace({ id: "elsewhere", module: "https://example.com/x.ts" })(
    useHelper,
  );
  const [on, off, elsewhere] = await sourceOf(scope).codeRecords();
  assertMatch(on?.deep?.hash ?? "", /^ato-deep-v1:[0-9a-f]{64}$/);
  assertMatch(on?.deep?.dependencies[0]?.id ?? "", /deep_test\.ts#odd$/);
  assertEquals(off?.deep, undefined);
  assert(off?.hash !== undefined);
  assertStringIncludes(elsewhere?.deep?.reason ?? "", "remote");
});

const isRoot = process.getuid?.() === 0;

test("fingerprintDeep: a file that is not readable is a blind spot", {
  skip: isRoot ? "root may read every file" : false,
}, async () => {
  const folder = makeTempFolder("deep");
  try {
    const file = join(folder, "train.ts");
    writeFileSync(file, "export const x = 1;");
    chmodSync(file, 0);
    const { reason } = await fingerprintDeep(isEven, {
      module: pathToFileURL(file).href,
    });
    assertStringIncludes(reason ?? "", "EACCES");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const isDeno = navigator.userAgent.startsWith("Deno/");

test("fingerprintDeep: without read permission, the result has the reason", {
  skip: isDeno ? false : "only Deno has permissions",
}, () => {
  const script = fileURLToPath(
    new URL("_deep_unpermitted.ts", import.meta.url),
  );
  const child = spawnSync(
    process.execPath,
    [
      "run",
      "--no-prompt",
      "--deny-read",
      "--no-lock",
      "--config",
      denoConfig(),
      script,
    ],
    { encoding: "utf8" },
  );
  assertStringIncludes(child.stdout, "no permission to read", child.stderr);
});
