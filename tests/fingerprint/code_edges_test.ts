import {
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { test } from "node:test";
import { fingerprintCode, UnreadableFunctionError } from "@ato/ato/fingerprint";
import { canonicaliseText } from "../../fingerprint/_canonicalise.ts";
import { sloppyFunction } from "./_from_text.ts";

// From texts: some of this syntax no engine runs yet, some only sloppy scripts hold.

const EQUAL: readonly (readonly [one: string, other: string])[] = [
  // What engines keep of methods, accessors and functions
  ["get() { return 1 }", "() => 1"],
  ["set(a) { return a }", "(a) => a"],
  ["static() { return 1 }", "() => 1"],
  ["async() { return 1 }", "() => 1"],
  ["async get() { return 1 }", "async () => 1"],
  ["'a b'() { return 1 }", "() => 1"],
  ["123() { return 1 }", "() => 1"],
  ["#p() { return 1 }", "() => 1"],
  ["async *#p() { yield 1 }", "async function* () { yield 1 }"],
  ["get #p() { return 1 }", "get x() { return 1 }"],
  ["get [a.b]() { return 1 }", "get x() { return 1 }"],
  ["constructor() { return 1 }", "() => 1"],
  ["[Symbol.iterator]() { return 1 }", "() => 1"],
  ["async => async", "(a) => a"],
  ["async async => async", "async (a) => a"],
  ["yield => yield", "yield => (yield)"],
  ["/*a*/ function /*b*/ f /*c*/ (/*d*/) /*e*/ { /*f*/ }", "() => {}"],
  // Spelling
  ["(\\u0061) => a + 1", "(b) => b + 1"],
  ["(a) => a.\\u0062", "(a) => a.b"],
  ["() => '\\u2028'", "() => '\u2028'"],
  ["() => `a\rb`", "() => `a\nb`"],
  ["() => ({ 1e3: 1 })", "() => ({ 1000: 1 })"],
  ["() => ({ [1n]: 1 })", "() => ({ '1': 1 })"],
  ["class { ; }", "class { }"],
  // Scopes
  ["(a) => { var a; return a }", "(b) => { var b; return b }"],
  [
    "(a) => { function a() {} return a }",
    "(b) => { function b() {} return b }",
  ],
  [
    "() => { try { g() } catch (e) { var e = 1 } return e }",
    "() => { try { g() } catch (q) { var q = 1 } return q }",
  ],
  [
    "() => { let a; ({ a = 1 } = x); return a }",
    "() => { let b; ({ a: b = 1 } = x); return b }",
  ],
  [
    "() => { let a; for ([a] of x); return a }",
    "() => { let b; for ([b] of x) {} return b }",
  ],
  [
    "class A { static #p = 1; static q() { return A.#p } }",
    "class Z { static #w = 1; static q() { return Z.#w } }",
  ],
  // Bundlers
  ["() => __name(() => 1, 'x')", "() => () => 1"],
  ["() => (0, __vi_import_0__.tag)`x`", "() => tag`x`"],
  ["() => new (0, __vi_import_0__.A)()", "() => new A()"],
];

const DIFFERENT: readonly (readonly [one: string, other: string])[] = [
  // `undefined`, and strictness
  [
    "function f(o) { with (o) { return undefined } }",
    "function f(o) { with (o) { return void 0 } }",
  ],
  [
    "function f() { 010; return delete undefined }",
    "function f() { 010; return delete void 0 }",
  ],
  [
    "function f() { 010; return function () { 'use strict'; return this } }",
    "function f() { 010; return function () { return this } }",
  ],
  [
    "function f() { 010; return function () { 'use strict'; return this } }",
    "function f() { 010; return function () { ('use strict'); return this } }",
  ],
  [
    "function f() { 010; var a, arguments; return [a, arguments] }",
    "function f() { 010; var arguments, a; return [arguments, a] }",
  ],
  ["() => { 'use asm'; }", "() => {}"],
  ["() => { ('use strict'); }", "() => {}"],
  [
    "(a) => { class A { #p = eval('1') } }",
    "(a) => { class A { #q = eval('1') } }",
  ],
  // Names that look like something else
  ["(a) => $0", "(a) => a"],
  ["() => _", "() => undefined"],
  ["() => [,]", "() => [_]"],
  ["() => [,]", "() => []"],
  ["() => [1, ,]", "() => [1]"],
  ["() => Infinity", "() => 1e999"],
  ["() => NaN", "() => 0 / 0"],
  ["(x) => x.super", "(x) => x.this"],
  ["(a) => a[null]", "(a) => a[undefined]"],
  ["(a) => a[-1]", "(a) => a[1]"],
  ["() => import('a')", "() => imports('a')"],
  ["() => import.meta.url", "() => importMeta.url"],
  ["(a) => import(a, { with: { type: 'json' } })", "(a) => import(a)"],
  // Text
  ["() => '\\ud800'", "() => '\\ud801'"],
  ["() => '\\ud800'", "() => '\ufffd'"],
  ["() => /[/]/", "() => /\\//"],
  ["() => /a/u", "() => /a/v"],
  ["() => String.raw`\\n`", "() => String.raw`\n`"],
  ["(t) => t`\\unicode`", "(t) => t`\\xerxes`"],
  ["() => ({ 1: 1 })", "() => ({ '01': 1 })"],
  ["() => ({ [1n]: 1 })", "() => ({ '1n': 1 })"],
  // Scopes
  [
    "(a, b = () => a) => { var a = 2; return b() }",
    "(a, b = () => a) => { a = 2; return b() }",
  ],
  [
    "(a, b = 1) => { var a; return a }",
    "(a, b = 1) => { var a = undefined; return a }",
  ],
  [
    "(a) => { function a() {} return a }",
    "(a) => { function b() {} return a }",
  ],
  [
    "(e) => { try { g() } catch (e) { var e = 1 } return e }",
    "(e) => { try { g() } catch (x) { var e = 1 } return e }",
  ],
  [
    "(x) => { switch (x) { case 1: let x = 2; h(x) } }",
    "(x) => { switch (x) { case 1: let y = 2; h(x) } }",
  ],
  ["(x) => { for (const x of x) h(x) }", "(x) => { for (const y of x) h(y) }"],
  ["(x) => { { h(x); let x = 1 } }", "(x) => { { h(x); let y = 1 } }"],
  [
    "() => { for (let i = 0; i < 3; i++) fs.push(() => i) }",
    "() => { for (var i = 0; i < 3; i++) fs.push(() => i) }",
  ],
  [
    "() => { let i = 0; for (; i < 3; i++) fs.push(() => i) }",
    "() => { for (let i = 0; i < 3; i++) fs.push(() => i) }",
  ],
  ["() => { let a; ({ b: a = 1 } = x) }", "() => { let a; ({ b: a } = x) }"],
  ["() => { let a; [...a] = x }", "() => { let a; [a] = x }"],
  // Classes
  ["class { @d a() {} }", "class { a() {} }"],
  ["class { @d @e a() {} }", "class { @e @d a() {} }"],
  ["@d class {}", "class {}"],
  ["class { accessor a = 1 }", "class { a = 1 }"],
  ["class { static = 1 }", "class { static get = 1 }"],
  ["class { [a] = 1 }", "class { a = 1 }"],
  ["class { [this.k] = 1 }", "class { [k] = 1 }"],
  ["class extends null {}", "class extends undefined {}"],
  ["class extends (a, b) {}", "class extends b {}"],
  ["class { constructor() {} }", "class {}"],
  ["class { x = () => this }", "class { x = function () { return this } }"],
  ["class { [(a, b)]() {} }", "class { [b]() {} }"],
  ["class A { static x = A }", "class A { static x = this }"],
  // Operators, calls
  ["(a) => new a.b.c()", "(a) => new a.b().c"],
  ["(a) => new (a().b)", "(a) => new a().b"],
  ["(a) => new (a.b())", "(a) => (new a.b)()"],
  ["(a) => - -a", "(a) => --a"],
  ["(a) => -(-1)", "(a) => 1"],
  ["(a, b, c) => (a ?? b) || c", "(a, b, c) => a ?? (b || c)"],
  ["async (a) => { await (a, 1) }", "async (a) => { await a, 1 }"],
  ["function* f(a) { yield (a, 1) }", "function* f(a) { yield a, 1 }"],
  ["function* f() { (yield) + 1 }", "function* f() { yield +1 }"],
  ["function* f() { yield }", "function* f() { yield undefined }"],
  ["(x) => { x\n++x }", "(x) => { x++\nx }"],
  // Resources
  ["() => { using a = b }", "() => { const a = b }"],
  ["async () => { await using a = b }", "async () => { using a = b }"],
  // What only looks like a bundler
  ["() => __name(g(), 'x')", "() => g()"],
  ["(x) => __name(x.y, 'z')", "(x) => x.y"],
];

for (const [one, other] of EQUAL) {
  test(`canonicaliseText: the same canonical form: ${JSON.stringify([one, other])}`, () => {
    assertEquals(canonicaliseText(one).text, canonicaliseText(other).text);
  });
}

for (const [one, other] of DIFFERENT) {
  test(`canonicaliseText: different canonical forms: ${JSON.stringify([one, other])}`, () => {
    const [a, b] = [canonicaliseText(one), canonicaliseText(other)];
    assertNotEquals(a.text, b.text);
    assertNotEquals(a.source, b.source);
  });
}

test("canonicaliseText: the readable source is code with the same canonical form", () => {
  // Comments in the source mark what JavaScript has no way to write; nor can it tell a `var` from
  // the `catch` parameter of its name once both are renamed.
  const marked = /\/\*| as |, const|\\u0024|catch \(\$\d+\) \{\s*var/;
  let read = 0;
  for (const text of [...EQUAL, ...DIFFERENT].flat()) {
    const { text: tokens, source } = canonicaliseText(text);
    if (marked.test(source)) continue;
    // A private name of JavaScript does not start with a digit.
    const code = source.replaceAll(/#(\d)/g, "#p$1");
    assertEquals(canonicaliseText(code).text, tokens);
    read++;
  }
  assertEquals(read > 130, true);
});

test("canonicaliseText: nothing follows a rest element in the readable source", () => {
  const names = "abcdefghij".split("").map((one) => `${one}_long_name`);
  for (
    const text of [
      `(${names.join(", ")}, ...rest) => rest`,
      `({ ${names.join(", ")}, ...rest }) => rest`,
      `([${names.map((one) => `${one} = 1`).join(", ")}, ...rest]) => rest`,
    ]
  ) {
    const { text: tokens, source } = canonicaliseText(text);
    assertEquals(canonicaliseText(source).text, tokens);
  }
});

test("canonicaliseText: code that is not one function is an error", () => {
  for (
    const text of ["", "1", "a; b", "() => {", "f(){}, g(){}", "x = () => 1"]
  ) {
    assertThrows(() => canonicaliseText(text), SyntaxError);
  }
});

test("fingerprintCode: code that is nested too deeply for the stack is an error with the function's name", async () => {
  const sum = Array.from({ length: 50_000 }, () => "a").join(" + ");
  const fn = sloppyFunction(`function long(a) { return ${sum}; }`);
  const error = await assertRejects(
    () => fingerprintCode(fn),
    UnreadableFunctionError,
    "nested beyond the stack",
  );
  assertEquals(error.functionName, "long");
});
