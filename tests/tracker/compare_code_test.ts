import { assert, assertEquals, assertExists } from "@std/assert";
import fc from "fast-check";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  type CodeChange,
  type CodeRecord,
  compareRunCode,
  Run,
  SQLFinder,
  type TraceComparison,
} from "../../tracker/mod.ts";
import { code, type CodeOptions, dependency, runWith } from "./_code.ts";
import { configIn, inFolder } from "./_helpers.ts";

/** Compares two runs that have these records. */
async function compare(
  a: readonly CodeRecord[],
  b: readonly CodeRecord[],
): Promise<ReadonlyMap<string, TraceComparison>> {
  let result: ReadonlyMap<string, TraceComparison> | undefined;
  await inFolder(async (folder) => {
    const [before, after] = [
      await runWith(folder, a),
      await runWith(folder, b),
    ];
    const finder = new SQLFinder(configIn(folder));
    result = await finder.compareCode(before, after);
    await finder.close();
  });
  assertExists(result);
  return result;
}

/** `changed utils.ts#a=h1 > utils.ts#a=h2`. */
function show({ change, before, after }: CodeChange): string {
  const sides = [before, after].map((piece) =>
    piece && `${piece.id}=${piece.hash}`
  );
  return `${change} ${sides.filter((one) => one !== undefined).join(" > ")}`;
}

interface Case {
  readonly what: string;
  readonly a?: CodeOptions;
  readonly b: CodeOptions;
  readonly status?: "same" | "changed";
  readonly own?: "same" | "names" | "changed";
  readonly dependencies?: readonly string[];
  readonly rewired?: boolean;
  readonly outside?: boolean;
  readonly uses?: readonly string[];
  readonly packages?: readonly (string | undefined)[][];
  readonly modules?: readonly string[];
}

const BASE: CodeOptions = {
  own: "o1",
  dependencies: ["u.ts#scale=h1", "u.ts#shift=h2", "c.ts#K=h3 variable"],
  modules: { "main.ts": "m1", "u.ts": "m2", "c.ts": "m3" },
};

const CASES: readonly Case[] = [
  { what: "nothing differs", b: {} },
  {
    what: "the function itself",
    b: { hash: "c2", own: "o2", deep: "d2" },
    status: "changed",
    own: "changed",
  },
  {
    what: "a helper changed",
    b: {
      deep: "d2",
      dependencies: ["u.ts#scale=h9", "u.ts#shift=h2", "c.ts#K=h3 variable"],
    },
    status: "changed",
    dependencies: ["changed u.ts#scale=h1 > u.ts#scale=h9"],
  },
  {
    what: "a helper was renamed: only names of the function differ",
    b: {
      hash: "c2",
      dependencies: ["u.ts#resize=h1", "u.ts#shift=h2", "c.ts#K=h3 variable"],
    },
    own: "names",
    dependencies: ["renamed u.ts#scale=h1 > u.ts#resize=h1"],
  },
  {
    what: "a helper was moved",
    b: {
      dependencies: ["v.ts#scale=h1", "u.ts#shift=h2", "c.ts#K=h3 variable"],
    },
    dependencies: ["moved u.ts#scale=h1 > v.ts#scale=h1"],
  },
  {
    what: "a helper was renamed and a constant changed: the function did not",
    b: {
      hash: "c2",
      deep: "d2",
      dependencies: ["u.ts#resize=h1", "u.ts#shift=h2", "c.ts#K=h4 variable"],
    },
    status: "changed",
    own: "names",
    dependencies: [
      "renamed u.ts#scale=h1 > u.ts#resize=h1",
      "changed c.ts#K=h3 > c.ts#K=h4",
    ],
  },
  {
    what: "added, removed, by nearness",
    b: {
      deep: "d2",
      hash: "c2",
      own: "o2",
      dependencies: ["x.ts#far=h7", "c.ts#K=h3 variable", "x.ts#last=h8"],
    },
    status: "changed",
    own: "changed",
    dependencies: [
      "removed u.ts#scale=h1",
      "added x.ts#far=h7",
      "removed u.ts#shift=h2",
      "added x.ts#last=h8",
    ],
  },
  {
    what: "two helpers change places",
    b: {
      hash: "c2",
      deep: "d2",
      dependencies: ["u.ts#shift=h2", "u.ts#scale=h1", "c.ts#K=h3 variable"],
    },
    status: "changed",
    own: "names",
    rewired: true,
  },
  {
    what: "two helpers swap their names: each id has another body",
    b: {
      deep: "d2",
      dependencies: ["u.ts#scale=h2", "u.ts#shift=h1", "c.ts#K=h3 variable"],
    },
    status: "changed",
    dependencies: [
      "changed u.ts#scale=h1 > u.ts#scale=h2",
      "changed u.ts#shift=h2 > u.ts#shift=h1",
    ],
  },
  {
    what: "a function became a class",
    a: { dependencies: ["u.ts#A=h1", "u.ts#B=h2"] },
    b: { deep: "d2", dependencies: ["u.ts#A=h1 class", "u.ts#B=h2"] },
    status: "changed",
    dependencies: ["changed u.ts#A=h1 > u.ts#A=h1"],
  },
  {
    what: "a kind is no other: equal hashes of unlike things are no rename",
    a: { dependencies: ["u.ts#A=h1"] },
    b: { deep: "d2", dependencies: ["u.ts#B=h1 class"] },
    status: "changed",
    dependencies: ["removed u.ts#A=h1", "added u.ts#B=h1"],
  },
  {
    what: "several of one id, of which one moved away",
    a: { dependencies: ["u.ts#f=h1", "u.ts#f=h2"] },
    b: { deep: "d2", dependencies: ["u.ts#f=h3", "v.ts#f=h1"] },
    status: "changed",
    dependencies: [
      "changed u.ts#f=h2 > u.ts#f=h3",
      "moved u.ts#f=h1 > v.ts#f=h1",
    ],
  },
  {
    what: "several of one id, of which one came from elsewhere",
    a: { dependencies: ["v.ts#f=h1", "u.ts#f=h3"] },
    b: { deep: "d2", dependencies: ["u.ts#f=h1", "u.ts#f=h2"] },
    status: "changed",
    dependencies: [
      "moved v.ts#f=h1 > u.ts#f=h1",
      "changed u.ts#f=h3 > u.ts#f=h2",
    ],
  },
  {
    what: "several of one id: the equal one drops out wherever it stands",
    a: { dependencies: ["d.json=h1 json", "d.json=h2 json"] },
    b: { deep: "d2", dependencies: ["d.json=h2 json", "d.json=h4 json"] },
    status: "changed",
    dependencies: ["changed d.json=h1 > d.json=h4"],
  },
  {
    what: "equal bodies: each goes with the one most like it",
    a: { dependencies: ["u.ts#f=h", "u.ts#g=h", "u.ts#k=h"] },
    b: { dependencies: ["w.ts#z=h", "v.ts#g=h", "u.ts#h=h"] },
    dependencies: [
      "moved u.ts#k=h > w.ts#z=h",
      "moved u.ts#g=h > v.ts#g=h",
      "renamed u.ts#f=h > u.ts#h=h",
    ],
  },
  {
    what: "equal bodies, of which one is gone",
    a: { dependencies: ["u.ts#f=h", "u.ts#g=h"] },
    b: { deep: "d2", dependencies: ["u.ts#g=h"] },
    status: "changed",
    dependencies: ["removed u.ts#f=h"],
  },
  {
    what: "data that was renamed, and data that was moved",
    a: { dependencies: ["data/a.json=h1 json", "data/b.json=h2 json"] },
    b: { dependencies: ["data/x.json=h1 json", "etc/b.json=h2 json"] },
    dependencies: [
      "renamed data/a.json=h1 > data/x.json=h1",
      "moved data/b.json=h2 > etc/b.json=h2",
    ],
  },
  {
    what: "the version of a package",
    a: {
      dependencies: ["npm:lodash#chunk=p1 package"],
      packages: { "npm:lodash": "4.17.20", "npm:gone": "1.0.0" },
    },
    b: {
      deep: "d2",
      graph: "g2",
      dependencies: ["npm:lodash#chunk=p2 package"],
      packages: { "npm:new": "2.0.0", "npm:lodash": "4.17.21" },
    },
    status: "changed",
    dependencies: ["changed npm:lodash#chunk=p1 > npm:lodash#chunk=p2"],
    packages: [
      ["npm:gone", "1.0.0", undefined],
      ["npm:lodash", "4.17.20", "4.17.21"],
      ["npm:new", undefined, "2.0.0"],
    ],
  },
  {
    what: "something outside",
    b: {
      graph: "g2",
      modules: { "main.ts": "m1", "u.ts": "m9", "c.ts": "m3", "p.ts": "m4" },
    },
    outside: true,
    modules: ["added p.ts=m4", "changed u.ts=m2 > u.ts=m9"],
  },
  {
    what: "a version outside",
    a: { packages: { "npm:x": "1.0.0" } },
    b: { graph: "g2", packages: { "npm:x": "1.0.1" } },
    outside: true,
    packages: [["npm:x", "1.0.0", "1.0.1"]],
  },
  {
    what: "a module that changed with the code is not outside",
    b: {
      deep: "d2",
      graph: "g2",
      dependencies: ["u.ts#scale=h9", "u.ts#shift=h2", "c.ts#K=h3 variable"],
      modules: { "main.ts": "m1", "u.ts": "m9", "c.ts": "m3" },
    },
    status: "changed",
    dependencies: ["changed u.ts#scale=h1 > u.ts#scale=h9"],
    modules: ["changed u.ts=m2 > u.ts=m9"],
  },
  {
    what: "helpers named in uses",
    a: { uses: { relu: "r1", tanh: "t1", step: "s1" } },
    b: { uses: { relu: "r2", sigmoid: "t1", soft: "s2" } },
    status: "changed",
    uses: [
      "changed relu=r1 > relu=r2",
      "renamed tanh=t1 > sigmoid=t1",
      "removed step=s1",
      "added soft=s2",
    ],
  },
  {
    what: "a helper that is named otherwise in uses",
    a: { uses: { relu: "r1" } },
    b: { hash: "c2", uses: { rectify: "r1" } },
    own: "names",
    uses: ["renamed relu=r1 > rectify=r1"],
  },
];

for (const one of CASES) {
  test(`compareCode: ${one.what}`, async () => {
    const a = code("train", { ...BASE, ...one.a });
    const b = code("train", { ...BASE, ...one.a, ...one.b });
    const trace = (await compare([a], [b])).get("train")!;
    assertEquals({
      status: trace.status,
      basis: trace.basis,
      reasons: trace.reasons,
      own: trace.own?.change,
      dependencies: trace.dependencies.map(show),
      rewired: trace.rewired,
      outside: trace.outside,
      uses: trace.uses.map(show),
      packages: trace.packages.map((one) => [one.name, one.before, one.after]),
      modules: trace.modules.map(show),
    }, {
      status: one.status ?? "same",
      basis: "deep",
      reasons: {},
      own: one.own ?? "same",
      dependencies: [...one.dependencies ?? []],
      rewired: one.rewired ?? false,
      outside: one.outside ?? false,
      uses: [...one.uses ?? []],
      packages: [...one.packages ?? []] as string[][],
      modules: [...one.modules ?? []],
    });
    // Sources of all that differs, on the side that has it.
    const pieces = [...trace.dependencies, ...trace.uses, trace.own!];
    for (const piece of pieces.flatMap((one) => [one.before, one.after])) {
      if (piece === undefined) continue;
      const source = piece.kind === "package"
        ? undefined
        : `source of ${piece.hash}`;
      assertEquals(piece.source, source);
    }
  });
}

test("compareCode: returns the blind spots of both runs", async () => {
  const [x, y] = [{ kind: "captured", what: "k" }, {
    kind: "dynamic-import",
    what: "./x.ts",
  }];
  const a = [code("train", { blindSpots: [x!] })];
  const b = [code("train", { blindSpots: [x!, y!] })];
  const trace = (await compare(a, b)).get("train")!;
  assertEquals(trace.blindSpots, { a: [x!], b: [x!, y!] });
});

const without = { ...code("train"), deep: undefined };
const blind = {
  ...code("train"),
  deep: { ...code("train").deep!, hash: undefined, reason: "no permission" },
} as unknown as CodeRecord;
const gap = { traceId: "train", reason: "native code" };

const LESS: readonly {
  what: string;
  a: readonly CodeRecord[];
  b: readonly CodeRecord[];
  status: string;
  basis?: string;
  own?: string;
  reasons?: TraceComparison["reasons"];
}[] = [
  {
    what: "only the first has it",
    a: [code("train")],
    b: [],
    status: "only-in-a",
  },
  {
    what: "only the second has it",
    a: [],
    b: [code("train")],
    status: "only-in-b",
  },
  {
    what: "only the first knows of it, without a fingerprint",
    a: [gap],
    b: [],
    status: "only-in-a",
    reasons: { a: "native code" },
  },
  {
    what: "the first has no fingerprint",
    a: [gap],
    b: [code("train")],
    status: "unknown",
    reasons: { a: "native code" },
  },
  {
    what: "neither has one",
    a: [gap],
    b: [gap],
    status: "unknown",
    reasons: { a: "native code", b: "native code" },
  },
  {
    what: "no deep one was stored, the code is the same",
    a: [without],
    b: [code("train")],
    status: "same",
    basis: "code",
    own: "same",
    reasons: { a: "the run stored no deep fingerprint" },
  },
  {
    what: "no deep one could be had, the code changed",
    a: [code("train", { hash: "c2" })],
    b: [blind],
    status: "changed",
    basis: "code",
    own: "changed",
    reasons: { b: "no permission" },
  },
  {
    what: "no deep one, another helper",
    a: [{ ...without, uses: { f: "u1" } }],
    b: [{ ...without, uses: { f: "u2" } }],
    status: "changed",
    basis: "code",
    own: "same",
    reasons: {
      a: "the run stored no deep fingerprint",
      b: "the run stored no deep fingerprint",
    },
  },
];

for (const one of LESS) {
  test(`compareCode: ${one.what}`, async () => {
    const trace = (await compare(one.a, one.b)).get("train")!;
    assertEquals(
      [trace.status, trace.basis, trace.own?.change, trace.reasons],
      [one.status, one.basis, one.own, one.reasons ?? {}] as unknown[],
    );
    assertEquals([trace.dependencies, trace.outside], [[], false]);
  });
}

test("compareCode: without `own`, a function with other names is changed unless the deep fingerprints are equal", async () => {
  const own = async (deep: string) => {
    const b = code("train", { hash: "c2", deep });
    return (await compare([code("train")], [b])).get("train")!.own?.change;
  };
  assertEquals([await own("d1"), await own("d2")], ["names", "changed"]);
});

test("compareCode: takes ids, UUIDs or runs, which may be in two files", async () => {
  await inFolder(async (folder) => {
    const other = join(folder, "other");
    mkdirSync(other);
    const records = [code("b"), code("a"), code("__proto__")];
    const id = await runWith(folder, records);
    const elsewhere = await runWith(other, [
      code("a", { deep: "d2", dependencies: ["u.ts#f=h1"] }),
    ]);
    const finder = new SQLFinder(configIn(folder));
    const second = new SQLFinder(configIn(other));
    const [a, b] = [
      (await finder.findRun(id))!,
      (await second.findRun(elsewhere))!,
    ];
    const traces = (await finder.compareCode(a.uuid!.slice(0, 8), b))!;
    assertEquals([...traces].map(([name, one]) => [name, one.status]), [
      ["__proto__", "only-in-a"],
      ["a", "changed"],
      ["b", "only-in-a"],
    ]);
    assertEquals(
      traces.get("a")?.dependencies[0]?.after?.source,
      "source of h1",
    );
    assertEquals(compareRunCode(a, b), traces);
    assert(a instanceof Run);
    const same = (await finder.compareCode(id, a))!;
    assertEquals([...same.values()].map((one) => one.status), [
      "same",
      "same",
      "same",
    ]);
    assertEquals(await finder.compareCode(id, 99), undefined);
    assertEquals(await finder.compareCode("ffffffff", id), undefined);
    await finder.close();
    await second.close();
  });
});

const pieces = fc.array(
  fc.tuple(
    fc.constantFrom("u.ts", "v.ts", "w.ts"),
    fc.constantFrom("f", "g", "h", "k"),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom("function", "class"),
  ).map(([file, name, hash, kind]) => `${file}#${name}=h${hash} ${kind}`),
  { maxLength: 12 },
);

test("compareCode: in any two lists, each piece occurs once, and swapping the runs mirrors the result", async () => {
  await inFolder(async (folder) => {
    const finder = new SQLFinder(configIn(folder));
    const property = fc.asyncProperty(pieces, pieces, async (a, b) => {
      const ids = [
        await runWith(folder, [code("t", { dependencies: a })]),
        await runWith(folder, [code("t", { deep: "d2", dependencies: b })]),
      ] as const;
      const changes =
        (await finder.compareCode(...ids))!.get("t")!.dependencies;
      const back = (await finder.compareCode(ids[1], ids[0]))!.get("t")!;
      const key = (one?: { id: string; kind: string; hash: string }) =>
        `${one?.id}=${one?.hash} ${one?.kind}`;
      // Taking the befores out and putting the afters in leads from the one list to the other.
      const rest = a.map((one) => key(dependency(one)));
      for (const { before } of changes) {
        if (before === undefined) continue;
        const at = rest.indexOf(key(before));
        assert(at >= 0, `${key(before)} is not among ${rest}`);
        rest.splice(at, 1);
      }
      for (const { after } of changes) if (after) rest.push(key(after));
      assertEquals(rest.sort(), b.map((one) => key(dependency(one))).sort());
      // What is listed as removed and what is listed as added have nothing in common.
      const of = (change: string, side: "before" | "after") =>
        changes.filter((one) => one.change === change).map((one) => one[side]!);
      const [removed, added] = [of("removed", "before"), of("added", "after")];
      for (const one of removed) {
        assert(!added.some((other) => other.id === one.id));
        assert(
          !added.some((other) =>
            other.hash === one.hash && other.kind === one.kind
          ),
        );
      }
      for (const { change, before, after } of changes) {
        if (change === "changed") assertEquals(before?.id, after?.id);
        if (change === "renamed" || change === "moved") {
          assertEquals([before?.hash, before?.kind], [
            after?.hash,
            after?.kind,
          ]);
        }
      }
      const counts = (list: readonly CodeChange[]) =>
        list.map((one) => one.change).sort();
      const mirror = { added: "removed", removed: "added" } as Record<
        string,
        string
      >;
      assertEquals(
        counts(changes).map((one) => mirror[one] ?? one).sort(),
        counts(back.dependencies),
      );
    });
    await fc.assert(property, { numRuns: 40, seed: 20260131 });
    await finder.close();
  });
});

test("compareCode: compares thousands of dependencies, many of them alike", async () => {
  const count = 6000;
  const list = (from: string, change: (i: number) => string) =>
    Array.from(
      { length: count },
      (_, i) => `${from}/${i % 9}.ts#f${i}=${change(i)}`,
    );
  const a = code("t", {
    dependencies: list("a", (i) => `h${i % 3 === 0 ? "" : i}`),
  });
  const b = code("t", {
    deep: "d2",
    dependencies: list("b", (i) => `h${i % 3 === 0 ? "" : i}`).reverse(),
  });
  const changes = (await compare([a], [b])).get("t")!.dependencies;
  assertEquals(changes.length, count);
  for (const { change, before, after } of changes) {
    assertEquals([change, before!.id.slice(1)], ["moved", after!.id.slice(1)]);
  }
  assertEquals(changes[0]?.after?.id.endsWith(`#f${count - 1}`), true);
});
