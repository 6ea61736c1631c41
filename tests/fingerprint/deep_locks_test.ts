/** The versions of packages, as lock files of every package manager tell them. */
import { readFileSync } from "node:fs";
import test from "node:test";
import { assert, assertEquals } from "@std/assert";
import { type Files, fingerprintIn } from "./_deep_project.ts";

declare const ms: (x: number) => number;
declare const other: (x: number) => number;

/** The traced function: the same code as `use` of each module. */
const use = (x: number): number => ms(x) + other(x);

/** A module that uses two packages. */
function module(one: string, two: string): string {
  return `import ms from "${one}";\nimport other from "${two}";\n` +
    "export const use = (x: number): number => ms(x) + other(x);\n";
}

/** A lock file that a package manager wrote, or, for `deno_3`, that follows the documented format. */
function stored(name: string): string {
  return readFileSync(new URL(`./locks/${name}.lock`, import.meta.url), "utf8");
}

async function versions(files: Files, path = "train.ts") {
  const { hash, reason, packages, blindSpots, dependencies } =
    await fingerprintIn(files, {}, use, path);
  assert(hash !== undefined, reason);
  return { hash, packages, blindSpots, dependencies };
}

/** What the locks of the npm family were made for: the names of packages are the managers' matter. */
const NODE: Files = {
  "package.json": JSON.stringify({
    name: "root",
    version: "1.0.0",
    workspaces: ["packages/*"],
    dependencies: {
      ms: "^2.0.0",
      "old-ms": "npm:ms@2.0.0",
      "@sindresorhus/is": "^4.0.0",
      debug: "4.3.4",
      "use-sync-external-store": "1.2.0",
      react: "18.2.0",
    },
  }),
  "packages/a/package.json": JSON.stringify({
    name: "a",
    version: "1.0.0",
    exports: "./mod.ts",
    dependencies: { ms: "2.1.1", "@sindresorhus/is": "^5.0.0" },
  }),
  "packages/b/package.json": JSON.stringify({
    name: "b",
    version: "1.0.0",
    dependencies: { ms: "^2.1.2", a: "1.0.0" },
  }),
  "train.ts": module("ms", "old-ms"),
  "peers.ts": module("use-sync-external-store", "@sindresorhus/is"),
  // A folder whose package.json says how its files are read, and no more.
  "scripts/package.json": '{ "type": "module" }',
  "scripts/run.ts": module("ms", "debug"),
  "packages/a/mod.ts": module("ms", "@sindresorhus/is") +
    "export const size = 3;\nexport default (x: number): number => x * size;\n",
  "packages/b/mod.ts": module("ms", "a"),
};

const NODE_LOCKS: Readonly<Record<string, string>> = {
  npm_1: "package-lock.json",
  npm_2: "package-lock.json",
  npm_3: "npm-shrinkwrap.json",
  pnpm_7: "pnpm-lock.yaml",
  pnpm_8: "pnpm-lock.yaml",
  pnpm_9: "pnpm-lock.yaml",
  yarn_1: "yarn.lock",
  yarn_4: "yarn.lock",
  bun_1: "bun.lock",
};

for (const [stem, name] of Object.entries(NODE_LOCKS)) {
  test(`fingerprintDeep: ${stem}: the version of an import is that of the importing package`, async () => {
    const files = { ...NODE, [name]: stored(stem) };
    const of = async (path: string) => {
      const { packages, blindSpots } = await versions(files, path);
      assertEquals(blindSpots, []);
      return packages;
    };
    assertEquals(await of("train.ts"), { "npm:ms": "2.0.0, 2.1.3" });
    assertEquals(await of("peers.ts"), {
      "npm:use-sync-external-store": "1.2.0",
      "npm:@sindresorhus/is": "4.6.0",
    });
    assertEquals(await of("scripts/run.ts"), {
      "npm:ms": "2.1.3",
      "npm:debug": "4.3.4",
    });
    assertEquals(await of("packages/a/mod.ts"), {
      "npm:ms": "2.1.1",
      "npm:@sindresorhus/is": "5.6.0",
    });
    // `a` is code of the project, which is followed.
    assertEquals(await of("packages/b/mod.ts"), {
      "npm:ms": "2.1.1, 2.1.3",
      "npm:@sindresorhus/is": "5.6.0",
    });
  });

  test(`fingerprintDeep: ${stem}: another version in the lock file gives another fingerprint`, async () => {
    const text = stored(stem);
    const before = await versions({ ...NODE, [name]: text });
    const after = await versions({
      ...NODE,
      [name]: text.replaceAll("2.1.3", "2.1.2"),
    });
    assertEquals(after.packages, { "npm:ms": "2.0.0, 2.1.2" });
    assert(before.hash !== after.hash);
    const [shown] = after.dependencies.filter(({ kind }) => kind === "package");
    assertEquals(shown?.id, "npm:ms#default");
  });
}

for (const stem of ["pnpm_7_single", "pnpm_8_single"]) {
  test(`fingerprintDeep: ${stem}: a lock file without importers belongs to the project`, async () => {
    const files = { ...NODE, "pnpm-lock.yaml": stored(stem) };
    const { packages, blindSpots } = await versions(files);
    assertEquals(packages, { "npm:ms": "2.0.0, 2.1.3" });
    assertEquals(blindSpots, []);
  });
}

const DENO: Files = {
  "deno.json": JSON.stringify({
    workspace: ["./a"],
    imports: {
      ms: "npm:ms@^2.0.0",
      old: "npm:ms@~2.0.0",
      "@sindresorhus/is": "npm:@sindresorhus/is@^4.0.0",
      "use-sync-external-store": "npm:use-sync-external-store@1.2.0",
    },
  }),
  "a/deno.json": JSON.stringify({
    name: "@x/a",
    version: "1.0.0",
    exports: "./mod.ts",
    imports: { ms: "npm:ms@2.1.1" },
  }),
  "train.ts": module("ms", "old"),
  "inline.ts": module("npm:ms@2.x", "npm:react@>=18.0.0 <19"),
  "peers.ts": module("use-sync-external-store", "@sindresorhus/is"),
  "member.ts": module("@x/a", "jsr:@x/a@^1"),
  "a/mod.ts": module("ms", "old") +
    "export default (x: number): number => x;\n",
};

for (const version of [3, 4, 5]) {
  const files = { ...DENO, "deno.lock": stored(`deno_${version}`) };

  test(`fingerprintDeep: deno.lock ${version}: ranges are found in every form in which Deno writes them`, async () => {
    const of = async (path: string) => {
      const { packages, blindSpots } = await versions(files, path);
      assertEquals(blindSpots, []);
      return packages;
    };
    assertEquals(await of("train.ts"), { "npm:ms": "2.0.0, 2.1.3" });
    assertEquals(await of("peers.ts"), {
      "npm:use-sync-external-store": "1.2.0",
      "npm:@sindresorhus/is": "4.6.0",
    });
    // No specifier is written so; the one version that fits is taken.
    assertEquals((await of("inline.ts"))["npm:react"], "18.3.1");
    assertEquals((await of("inline.ts"))["npm:ms"], "2.1.3");
    // A member has the names of the root, and its own before them.
    assertEquals(await of("a/mod.ts"), { "npm:ms": "2.0.0, 2.1.1" });
    assertEquals(await of("member.ts"), { "npm:ms": "2.0.0, 2.1.1" });
  });

  test(`fingerprintDeep: deno.lock ${version}: another version gives another fingerprint`, async () => {
    const before = await versions(files);
    const text = files["deno.lock"].replaceAll("2.1.3", "2.1.2");
    const after = await versions({ ...files, "deno.lock": text });
    assertEquals(after.packages, { "npm:ms": "2.0.0, 2.1.2" });
    assert(before.hash !== after.hash);
  });
}

/** A small Deno project over one lock text. */
function denoProject(config: object, locks: Files, range = "^2.0.0"): Files {
  return {
    "deno.json": JSON.stringify({
      imports: { ms: `npm:ms@${range}`, other: "jsr:@std/yaml@^1.0.0" },
      ...config,
    }),
    "train.ts": module("ms", "other"),
    ...locks,
  };
}

const LOCK = JSON.stringify({
  version: "5",
  specifiers: { "npm:ms@2": "2.1.3", "jsr:@std/yaml@1": "1.0.5" },
});
const FOUND = { "npm:ms": "2.1.3", "jsr:@std/yaml": "1.0.5" };
const NOT_FOUND = { "npm:ms": "^2.0.0", "jsr:@std/yaml": "^1.0.0" };

const SETTINGS: readonly (readonly [string, object, Files, object])[] = [
  ["beside deno.json", {}, { "deno.lock": LOCK }, FOUND],
  ["lock: true", { lock: true }, { "deno.lock": LOCK }, FOUND],
  ["a path", { lock: "locks/deno.lock" }, { "locks/deno.lock": LOCK }, FOUND],
  [
    "an object with a path",
    { lock: { path: "./my.lock" } },
    { "my.lock": LOCK, "deno.lock": LOCK.replace("2.1.3", "2.0.0") },
    FOUND,
  ],
  [
    "an object without a path",
    { lock: { frozen: true } },
    { "deno.lock": LOCK },
    FOUND,
  ],
  [
    "switched off: a file that is left over does not count",
    { lock: false },
    { "deno.lock": LOCK },
    NOT_FOUND,
  ],
  [
    "an import map in a file of its own",
    { imports: undefined, importMap: "maps/map.json" },
    {
      "deno.lock": LOCK,
      "maps/map.json": JSON.stringify({
        imports: { ms: "npm:ms@^2.0.0", other: "npm:left@1.0.0" },
        scopes: { "../": { other: "jsr:@std/yaml@^1.0.0" } },
      }),
    },
    FOUND,
  ],
  [
    "package.json says the range",
    { imports: { other: "jsr:@std/yaml@^1.0.0" } },
    {
      "deno.lock": LOCK,
      "package.json": '{ "dependencies": { "ms": "npm:ms@^2" } }',
    },
    FOUND,
  ],
];

for (const [name, config, locks, expected] of SETTINGS) {
  test(`fingerprintDeep: settings of deno.json: ${name}`, async () => {
    const { packages } = await versions(denoProject(config, locks));
    assertEquals(packages, expected);
  });
}

test("fingerprintDeep: an exact version needs no lock file", async () => {
  const files = denoProject({ imports: { ms: "npm:ms@2.1.3", other: "ms" } }, {
    "train.ts": module("ms", "npm:ms@=2.1.3"),
  });
  const { packages, blindSpots } = await versions(files);
  assertEquals(packages, { "npm:ms": "2.1.3" });
  assertEquals(blindSpots, []);
});

test("fingerprintDeep: if several versions fit, none is chosen", async () => {
  const lock = JSON.stringify({
    version: "5",
    specifiers: { "npm:ms@2.0": "2.0.0", "npm:ms@2.1": "2.1.3" },
    npm: { "ms@2.0.0": {}, "ms@2.1.3": {} },
  });
  const files = denoProject({}, { "deno.lock": lock });
  const { packages, blindSpots } = await versions(files);
  assertEquals(packages["npm:ms"], "^2.0.0");
  assertEquals(blindSpots.map(({ kind, what }) => [kind, what])[0], [
    "version",
    "the version of npm:ms is not known: deno.lock does not name it",
  ]);
});

/** Lock files from which no version can be had, and what is said of each. */
const SILENT: readonly (readonly [string, Files, string])[] = [
  [
    "no lock file",
    {},
    "there is no lock file, and the package is not installed in node_modules",
  ],
  [
    "a lock file that names other packages only",
    { "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n" },
    "pnpm-lock.yaml does not name it",
  ],
  [
    "a lock file that is broken",
    { "package-lock.json": '{ "packages": {' },
    "package-lock.json is not a JSON object",
  ],
  [
    "a lock file that is binary",
    { "bun.lockb": "#!/usr/bin/env bun\n" },
    "bun.lockb is binary; `bun install --save-text-lockfile` writes one that can be read",
  ],
];

for (const [name, locks, reason] of SILENT) {
  test(`fingerprintDeep: a version that cannot be found is a blind spot with the reason: ${name}`, async () => {
    const { "package.json": manifest, "train.ts": train } = NODE;
    const { packages, blindSpots } = await versions({
      "package.json": manifest!,
      "train.ts": train!,
      ...locks,
    });
    // The alias of one exact version is known by itself.
    assertEquals(packages, { "npm:ms": "2.0.0, unknown" });
    assertEquals(blindSpots, [
      {
        kind: "version",
        what: `the version of npm:ms is not known: ${reason}`,
      },
    ]);
  });
}

test("fingerprintDeep: there is no blind spot if every version is known", async () => {
  const { blindSpots } = await versions({
    ...NODE,
    "yarn.lock": stored("yarn_4"),
  });
  assertEquals(blindSpots, []);
});

test("fingerprintDeep: a remote module is a blind spot", async () => {
  const url = "https://example.com/ms.ts";
  const { blindSpots } = await versions({
    "train.ts": module(url, "node:path"),
  });
  assertEquals(blindSpots, [{ kind: "remote", what: url }]);
});

test("fingerprintDeep: a package of the workspace is followed, and a name that it does not export is a blind spot", async () => {
  const lock = { "bun.lock": stored("bun_1") };
  const before = await versions({ ...NODE, ...lock }, "packages/b/mod.ts");
  const changed = NODE["packages/a/mod.ts"]!.replace("size = 3", "size = 4");
  const after = await versions(
    { ...NODE, ...lock, "packages/a/mod.ts": changed },
    "packages/b/mod.ts",
  );
  assert(before.hash !== after.hash);
  const missing = await versions(
    { ...NODE, ...lock, "packages/b/mod.ts": module("ms", "a/none") },
    "packages/b/mod.ts",
  );
  assertEquals(missing.blindSpots, [{
    kind: "version",
    what:
      'the version of npm:a is not known: it is a package of the project that exports no "/none"',
  }]);
});

test("fingerprintDeep: two commits of the same version give different fingerprints", async () => {
  const of = (commit: string) =>
    versions({
      ...NODE,
      "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "node_modules/ms": {
            version: "2.1.3",
            resolved: `git+ssh://git@github.com/vercel/ms.git#${commit}`,
          },
          "node_modules/old-ms": { name: "ms", version: "2.0.0" },
        },
      }),
    });
  assert((await of("aaaa")).hash !== (await of("bbbb")).hash);
  assertEquals((await of("aaaa")).hash, (await of("aaaa")).hash);
});
