import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder, record, sha, write } from "./_record.ts";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import process from "node:process";

/** A read whose content is known, so that no file is needed. */
const read = (path: string) => ({
  path,
  size: 1,
  sha256: sha(path),
  isExplicit: true,
});

async function namesOf(root: string, paths: string[]): Promise<string[]> {
  const { factors } = await record(root, paths.map(read));
  return factors.map(([id]) => id.slice("input:".length));
}

const NAMES: readonly (readonly [path: string, name: string])[] = [
  ["/p/data/train.csv", "data/train.csv"],
  ["/p/a b.csv", "a b.csv"],
  ["/p/../p/a.csv", "a.csv"],
  ["/p/./x//y.csv", "x/y.csv"],
  ["/pp/a.csv", "/pp/a.csv"],
  ["/p/~/a.csv", "./~/a.csv"],
  [join(homedir(), "d/a.csv"), "~/d/a.csv"],
  ["/p/\udcff.csv", "\\xff.csv"],
  ["/p/\\xff.csv", "\\\\xff.csv"],
  ["/p/\ud800.csv", "\\ud800.csv"],
  ["/p/ä😀.csv", "ä😀.csv"],
  ["https://me:pw@example.org/a.csv#x", "https://example.org/a.csv"],
  ["https://example.org/a?token=1&b=2", "https://example.org/a?token=***&b=2"],
  [
    "https://example.org/a?X-Amz-Signature=1&v=2&X-Amz-Date=3",
    "https://example.org/a?v=2",
  ],
];
for (const [path, name] of NAMES) {
  test(`recordInputs: ${JSON.stringify(path)} is called ${name}`, {
    skip: process.platform === "win32" && "this needs the paths of Unix",
  }, async () => {
    assertEquals(await namesOf("/p", [path]), [name]);
  });
}

test("recordInputs: two files never have one name", {
  skip: process.platform === "win32" && "this needs the paths of Unix",
}, async () => {
  const unit = fc.constantFrom(
    ..."ab~\\x.".split(""),
    "\udcff",
    "\udc80",
    "\ud800",
    "ff",
    "\u{1f600}",
    "\n",
    "dcff",
    "u",
  );
  const part = fc.array(unit, { minLength: 1, maxLength: 4 })
    .map((units) => units.join(""))
    .filter((name) => name !== "." && name !== "..");
  const start = fc.constantFrom("/p", "/q", homedir(), "");
  const path = fc.tuple(start, fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([from, parts]) => `${from}/${parts.join("/")}`);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(path, { minLength: 2, maxLength: 20 }),
      async (paths) => {
        const names = await namesOf("/p", paths);
        assertEquals(names.length, paths.length);
        assert(names.every((name) => name.isWellFormed()));
      },
    ),
    { numRuns: 200 },
  );
});

test("recordInputs: a listing tells names with line breaks apart", async () => {
  await inFolder(async (root) => {
    const plain = Array.from({ length: 70 }, (_, i) => `/p/d/${i}`);
    const odd = ["/p/d/a\nb", "/p/d/a\\nb", "/p/d/a\rb"];
    const { texts } = await record(
      root,
      [...plain, ...odd].map((path) => ({
        path: path.replace("/p", root),
        size: 1,
        sha256: sha(path),
      })),
    );
    const lines = [...texts.values()][0]!.trimEnd().split("\n");
    assertEquals(new Set(lines).size, 73);
  });
});

test(
  "recordInputs: a project that is reached through a link has the same names",
  {
    skip: process.platform === "win32" && "this needs links",
  },
  async () => {
    await inFolder(async (folder) => {
      const root = join(folder, "real");
      write(root, { "a.csv": "1" });
      symlinkSync(root, join(folder, "link"));
      for (const [from, to] of [["real", "link"], ["link", "real"]]) {
        const { factors } = await record(join(folder, from!), [
          { path: join(folder, to!, "a.csv") },
        ]);
        const name = from === "link" ? "a.csv" : join(folder, "link", "a.csv");
        assertEquals(factors.map(([id]) => id), [`input:${name}`]);
      }
    });
  },
);

test("recordInputs: .. after a link leads where the system goes", {
  skip: process.platform === "win32" && "this needs links",
}, async () => {
  await inFolder(async (root) => {
    write(root, {
      "deep/inner/x": "",
      "deep/a.csv": "right",
      "a.csv": "wrong",
    });
    symlinkSync(join(root, "deep", "inner"), join(root, "link"));
    const { factors } = await record(root, [
      { path: `${root}/link/../a.csv` },
    ]);
    assert(factors[0]![1].includes(sha("right")));
  });
});

test(
  "recordInputs: a file whose name is not UTF-8 is read by its bytes, or is unreadable",
  {
    skip: process.platform !== "linux" && "this needs names of any bytes",
  },
  async () => {
    await inFolder(async (root) => {
      const bytes = Buffer.concat([
        Buffer.from(`${root}/`),
        Buffer.from([0xff]),
      ]);
      const isDeno = navigator.userAgent.startsWith("Deno/");
      if (isDeno) mkdirSync(join(root, "x"));
      else writeFileSync(bytes, "1");
      // A file that the name would be taken for, if it was decoded.
      writeFileSync(`${root}/\ufffd`, "other");
      const path = `${root}/\udcff`;
      const { factors, coverage } = await record(root, [{ path, size: 1 }]);
      assertEquals(factors.map(([id]) => id), ["input:\\xff"]);
      if (isDeno) {
        assertEquals(factors[0]![1], "unreadable");
        assertEquals(coverage.level, "partial");
      } else {
        assert(factors[0]![1].includes(sha("1")));
        const folder = { path: root, kind: "folder" as const };
        const { texts } = await record(root, [folder]);
        assert([...texts.values()][0]!.includes(" \\xff\n"));
        rmSync(bytes);
      }
    });
  },
);
