import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  fingerprintCode,
  markWrapper,
  OpaqueFunctionError,
  sha256Hex,
  UnreadableFunctionError,
  unwrapFunction,
  UsesError,
} from "@ato/ato/fingerprint";
import { functionsFrom, sloppyFunction } from "./_from_text.ts";
import { GOLDEN } from "./_golden_functions.ts";

for (const [name, fn, hash] of GOLDEN) {
  test(`fingerprintCode: the hash of ${name} is the same in every runtime and every version`, async () => {
    assertEquals((await fingerprintCode(fn)).hash, hash);
  });
}

test("fingerprintCode: the hash is SHA-256 over the version and the prefix tokens", async () => {
  const { hash } = await fingerprintCode((a: number) => a + 0x10);
  const text = "(fn _ _ (params $0) (return (+ $0 16)))";
  assertEquals(hash, `ato-code-v1:${await sha256Hex(`ato-code-v1:${text}`)}`);
});

test("fingerprintCode: the source is readable code with one line for each statement", async () => {
  const { source } = await fingerprintCode(function f(items: number[], k = 2) {
    const out: number[] = [];
    for (const item of items) {
      if (item > 0) out.push(item * k);
      else break;
    }
    return { out, "first": out[0] };
  });
  assertEquals(
    source,
    `function ($0, $1 = 2) {
  const $2 = [];
  for (const $3 of $0) {
    if ($3 > 0) {
      $2.push($3 * $1);
    } else {
      break;
    }
  }
  return { out: $2, first: $2[0] };
}`,
  );
});

test("fingerprintCode: the source of a class shows the members and their kinds", async () => {
  const [fn] = await functionsFrom([
    `class A extends Object {
      #secret = 1; static count = 0; ['constructor']() {} static { this.count++; }
      constructor(x) { super(x); } get a() { return this.#secret; } async *b() {}
    }`,
  ]);
  assertEquals(
    (await fingerprintCode(fn!)).source,
    `class extends Object {
  #0 = 1;
  static count = 0;
  ["constructor"]() {}
  static {
    this.count++;
  }
  constructor($0) {
    super($0);
  }
  get a() {
    return this.#0;
  }
  async *b() {}
}`,
  );
});

test("fingerprintCode: each helper in `uses` has a fingerprint of its own, by name", async () => {
  const scale = (x: number) => x * 2;
  class Shift {
    static by = 1;
  }
  const step = (x: number) => scale(x) + Shift.by;
  const alone = await fingerprintCode(step);
  const { hash, uses, usesSources } = await fingerprintCode(step, {
    uses: [scale, Shift],
  });
  assertEquals(hash, alone.hash);
  assertEquals(alone.uses, {});
  assertEquals(uses, {
    scale: (await fingerprintCode(scale)).hash,
    Shift: (await fingerprintCode(Shift)).hash,
  });
  assertStringIncludes(usesSources.scale!, "return $0 * 2;");
  const other = await fingerprintCode(step, {
    uses: { scale: (x: number) => x / 2, Shift },
  });
  assertNotEquals(other.uses.scale, uses.scale);
  assertEquals(other.uses.Shift, uses.Shift);
});

test("fingerprintCode: a record of helpers can contain any name", async () => {
  const helper = () => 1;
  const uses = JSON.parse('{"__proto__": 0, "constructor": 0, "": 0}');
  for (const name of Object.keys(uses)) {
    Object.defineProperty(uses, name, { value: helper, enumerable: true });
  }
  const result = await fingerprintCode(helper, { uses });
  assertEquals(Object.keys(result.uses), ["__proto__", "constructor", ""]);
  assertStrictEquals(Object.getPrototypeOf(result.uses), Object.prototype);
});

test("fingerprintCode: the helpers in a list must have different names", async () => {
  const helper = () => 1;
  const twice = await assertRejects(
    () => fingerprintCode(helper, { uses: [helper, helper] }),
    UsesError,
  );
  assertEquals(
    twice.message,
    'Cannot name the helpers: "uses" holds two helpers named "helper"; pass a record, { name: helper }',
  );
  await assertRejects(
    () => fingerprintCode(helper, { uses: [helper, (() => () => 1)()] }),
    UsesError,
    'helper 1 of "uses" has no name',
  );
});

test("fingerprintCode: a function without a readable source is an error", async () => {
  const callable = new Proxy(() => 1, {});
  const shown = () => 1;
  for (const fn of [Math.max, Map, shown.bind(null), callable, parseInt]) {
    await assertRejects(() => fingerprintCode(fn), OpaqueFunctionError);
    await assertRejects(
      () => fingerprintCode(shown, { uses: { fn } }),
      OpaqueFunctionError,
    );
  }
  const error = await assertRejects(
    () => fingerprintCode(Math.max),
    OpaqueFunctionError,
  );
  assertEquals(error.functionName, "max");
  assertEquals(
    error.message,
    'Cannot fingerprint "max": it has no readable source, as it is native, bound or behind a Proxy; ' +
      "pass the function that it stands for, or a function of your own that calls it",
  );
  assert(error instanceof TypeError);
});

test("fingerprintCode: a function that only mentions native code is read", async () => {
  const [fn] = await functionsFrom([
    "() => { return '{ [native code] }'; /* { [native code] } */ }",
  ]);
  assertMatch((await fingerprintCode(fn!)).hash, /^ato-code-v1:[0-9a-f]{64}$/);
});

test("fingerprintCode: a function's own toString is not used", async () => {
  const honest = await fingerprintCode((a: number) => a + 1);
  const liar = Object.assign((a: number) => a + 2, {
    toString: () => "(a) => a + 1",
  });
  const original = Function.prototype.toString;
  let lied;
  try {
    Function.prototype.toString = () => "(a) => a + 1";
    lied = await fingerprintCode(liar);
  } finally {
    Function.prototype.toString = original;
  }
  assertNotEquals(lied.hash, honest.hash);
});

test("fingerprintCode: wrapped functions are unwrapped at any depth", async () => {
  const original = (a: number) => a * 3;
  const wrapped = markWrapper((a: number) => original(a) + 0, original);
  const twice = markWrapper((a: number) => wrapped(a) + 0, wrapped);
  assertStrictEquals(unwrapFunction(twice), original);
  const plain = await fingerprintCode(original);
  assertEquals(await fingerprintCode(twice), plain);
  const { uses } = await fingerprintCode(original, { uses: { twice } });
  assertEquals(uses.twice, plain.hash);
  const proxy = markWrapper(new Proxy(original, {}), original);
  assertEquals((await fingerprintCode(proxy)).hash, plain.hash);
});

test("fingerprintCode: code that parses only as sloppy code is fingerprinted as sloppy code", async () => {
  const sloppy = await fingerprintCode(
    sloppyFunction("function f(a) { with (a) { return b; } }"),
  );
  assertMatch(sloppy.source, /^\/\* sloppy \*\/ /);
  const octal = sloppyFunction("function f() { return 010; }");
  const decimal = sloppyFunction("function f() { return 8; }");
  assertNotEquals(
    (await fingerprintCode(octal)).hash,
    (await fingerprintCode(decimal)).hash,
  );
  // What parses as strict code is the same in both.
  const [strict] = await functionsFrom(["function f() { return 8; }"]);
  assertEquals(
    (await fingerprintCode(decimal)).hash,
    (await fingerprintCode(strict!)).hash,
  );
});

test("fingerprintCode: names that a `with` can capture are kept", async () => {
  const one = sloppyFunction("function f(a, b) { with (a) { return b; } }");
  const other = sloppyFunction("function f(a, c) { with (a) { return c; } }");
  assertNotEquals(
    (await fingerprintCode(one)).hash,
    (await fingerprintCode(other)).hash,
  );
});

test("fingerprintCode: `arguments` as a variable of sloppy code keeps its name", async () => {
  const one = sloppyFunction(
    "function f() { var arguments; 010; return arguments; }",
  );
  const other = sloppyFunction("function f() { var x; 010; return x; }");
  assertNotEquals(
    (await fingerprintCode(one)).hash,
    (await fingerprintCode(other)).hash,
  );
});

test("fingerprintCode: arrow functions are read wherever they are written", async () => {
  const functions = await functionsFrom([
    "({ f() { return () => super.toString(); } }).f()",
    "new (class extends Array { constructor() { super(); this.f = () => super.length; } })().f",
    "(() => { let f; class A extends Object { constructor() { f = () => super(); super(); } } new A(); return f; })()",
    "(function () { return () => new.target; })()",
    "new (class { #a = 1; f = () => this.#a })().f",
    "(function () { return () => arguments[0]; })(1)",
    "(class { static async *[Symbol.iterator]() { yield super.name; } })[Symbol.iterator]",
    "Object.getOwnPropertyDescriptor(class { static set x(v) { super.y = v; } }, 'x').set",
  ]);
  const hashes = await Promise.all(
    functions.map(async (fn) => (await fingerprintCode(fn)).hash),
  );
  assertEquals(new Set(hashes).size, functions.length);
});

test("fingerprintCode: a free name that looks like a renamed one is marked in the source", async () => {
  const [own, free] = await functionsFrom(["(a) => a", "(a) => $0"]);
  const { source } = await fingerprintCode(free!);
  assertNotEquals((await fingerprintCode(own!)).source, source);
});

test("fingerprintCode: notes name coverage tools and minifiers that changed the code", async () => {
  const [plain, counted, minified] = await functionsFrom([
    "(a) => { return a + 1; }",
    "(a) => { cov_1k2j3h4g5f().f[0]++; cov_1k2j3h4g5f().s[1]++; return a + 1; }",
    "(t,e,r)=>{let n=[];for(let o=0;o<t.length;o++){const i=t[o];if(i>e){n.push(i*r)}else{n.push(i-r);n.push(r)}}return n.map(t=>t*2).filter(t=>t>0)}",
  ]);
  assertEquals((await fingerprintCode(plain!)).notes, []);
  assertEquals((await fingerprintCode(counted!)).notes, ["coverage"]);
  assertEquals((await fingerprintCode(minified!)).notes, ["minified"]);
});

test("fingerprintCode: errors are one sentence that names the function", () => {
  const error = new UnreadableFunctionError("step", "its syntax is unknown");
  assert(error instanceof SyntaxError);
  assertEquals(
    error.message,
    'Cannot fingerprint "step": its syntax is unknown; write it in syntax of ECMAScript 2025, ' +
      "or trace a function of your own that calls it",
  );
  assertThrows(() => {
    throw new OpaqueFunctionError("");
  }, "an anonymous function");
});

test("mod: importing fingerprints loads no parser", () => {
  const folder = new URL("../../fingerprint/", import.meta.url);
  const loaded = new Set<string>();
  const visit = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    if (!file.startsWith("file:")) return;
    const text = readFileSync(new URL(file), "utf8");
    const statements = /^(?:im|ex)port\s([^;]*?)from "([^"]+)";/gm;
    for (const [, clause, path] of text.matchAll(statements)) {
      if (clause!.startsWith("type ")) continue;
      visit(path!.startsWith(".") ? new URL(path!, file).href : path!);
    }
  };
  visit(new URL("mod.ts", folder).href);
  assert(loaded.has(new URL("code.ts", folder).href));
  assert(loaded.has(new URL("../internal/objects.ts", folder).href));
  assert(!loaded.has("meriyah"));
});

test("fingerprintCode: the time for nested code grows linearly with the depth", async () => {
  let text = "x";
  for (let i = 0; i < 60; i++) {
    text =
      `{ key${i}: call(another_name, ${text}, yet_another_name), more: ${i} }`;
  }
  const [fn] = await functionsFrom([`() => (${text})`]);
  // Where each level were written twice, this would never end.
  assertMatch((await fingerprintCode(fn!)).hash, /^ato-code-v1:/);
});
