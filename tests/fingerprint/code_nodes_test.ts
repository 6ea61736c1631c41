import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type ESTree, parse } from "meriyah";
import { test } from "node:test";
import { type Canonical, canonicalNode } from "../../fingerprint/_canonical.ts";
import { canonicaliseText } from "../../fingerprint/_canonicalise.ts";

function statements(text: string): ESTree.Node[] {
  return parse(text, { sourceType: "module", next: true }).body;
}

function only(text: string): ESTree.Node {
  const [first, ...more] = statements(text);
  if (first === undefined || more.length > 0) throw new Error(text);
  return first.type === "ExpressionStatement" ? first.expression : first;
}

/** Numbers names in order of first request, as a walk over a module does. */
function numbering(declared: string): (name: string) => number | undefined {
  const known: string[] = [];
  return (name) => {
    if (!declared.split(" ").includes(name)) return undefined;
    if (!known.includes(name)) known.push(name);
    return known.indexOf(name);
  };
}

test("canonicalNode: a function has the same form as a node of a module and as a string", () => {
  for (
    const text of [
      "function f(n) { return n ? f(n - 1) : scale(n); }",
      "class A extends B { #x = 1; m() { return [A, this.#x]; } }",
      "async (a, { b = a }, ...c) => { for await (const d of c) yes(d, b); }",
    ]
  ) {
    assertEquals(canonicalNode(only(text)), canonicaliseText(text));
  }
});

test("canonicalNode: free names are listed once, in the order in which they first occur", () => {
  const free = (text: string) => canonicalNode(only(text)).free;
  assertEquals(free("(x) => b(x) + a(x) + b(a)"), ["b", "a"]);
  assertEquals(free("function f(k = c) { let d = f; return d[e]; }"), [
    "c",
    "e",
  ]);
  assertEquals(free("({ a, b: c, [d]: 1 })"), ["a", "c", "d"]);
  assertEquals(free("() => undefined + arguments[0] + this.x"), []);
});

const NODES: readonly (readonly [node: string, free: string[]])[] = [
  ["const scale = 2", ["scale"]],
  ["let count = start", ["count", "start"]],
  ["const { a, b: [c] } = load()", ["a", "c", "load"]],
  ["if (a) { const b = a; c(b) }", ["a", "c"]],
  ["for (const a of b) c(a)", ["b", "c"]],
  ["a + b", ["a", "b"]],
  ["[1, 2, `x${a}`]", ["a"]],
  ["({ rate: 0.1, layers: [4, 8] })", []],
];
for (const [text, free] of NODES) {
  test(`canonicalNode: every node has a canonical form: ${text}`, () => {
    const node = canonicalNode(only(text));
    assertEquals(node.free, free);
    const { source } = node;
    const again: Canonical = canonicalNode(
      only(source.startsWith("{") ? `(${source})` : source),
    );
    assertEquals(again.text, node.text);
  });
}

test("canonicalNode: the statements of a module are one list", () => {
  const program = (text: string) =>
    canonicalNode(parse(text, { sourceType: "module" })).text;
  assertEquals(
    program("const a = 1, b = a;"),
    program("const a = 0x1; const b = (a)"),
  );
  assertNotEquals(program("const a = 1; f(a)"), program("f(a); const a = 1"));
});

test("canonicalNode: a module's `let` is kept, because other code may assign to it", () => {
  const text = (code: string) => canonicalNode(only(code)).text;
  assertNotEquals(text("let a = 1"), text("const a = 1"));
});

test("canonicalNode: numbered declarations hide the names and positions of helpers", () => {
  const form = (declared: string, ...texts: string[]) => {
    const declaration = numbering(declared);
    return texts.map((text) => canonicalNode(only(text), { declaration }).text);
  };
  const one = form(
    "scale K",
    "(x) => scale(x) + Math.abs(K)",
    "function scale(v) { return v * K; }",
    "const K = 2",
  );
  const renamed = form(
    "mul FACTOR",
    "(y) => mul(y) + Math.abs(FACTOR)",
    "function mul(w) { return w * FACTOR; }",
    "const FACTOR = 2",
  );
  assertEquals(one, renamed);
  assertEquals(
    one[0],
    '(fn _ _ (params $0) (return (+ (call %0 $0) (call (. @Math "abs") %1))))',
  );
  const swapped = form(
    "scale K",
    "(x) => K(x) + Math.abs(scale)",
    "function scale(v) { return v * K; }",
    "const K = 2",
  );
  assertEquals(one[0], swapped[0]);
  assertNotEquals(one[1], swapped[1]);
});

test("canonicalNode: a local variable that shadows a declaration does not refer to it", () => {
  const declaration = numbering("k");
  const { text, free } = canonicalNode(only("(k) => k"), { declaration });
  assertEquals(text, "(fn _ _ (params $0) (return $0))");
  assertEquals(free, []);
});

test("canonicalNode: declarations keep their names if evaluated code can see them", () => {
  const declaration = numbering("k");
  const { text } = canonicalNode(only("(a) => eval(a) + k"), { declaration });
  assertEquals(text.includes("@k"), true);
  assertEquals(text.includes("%"), false);
});

test("canonicalNode: the options give what a node does not show", () => {
  const method = only("(function () { return this.a; })");
  const text = "m() { return this.a; }";
  assertEquals(
    canonicalNode(method, { role: "method" }).text,
    canonicaliseText(text).text,
  );
  assertEquals(
    canonicalNode(method, { role: "method", tags: ["get"] }).text,
    canonicaliseText(`get ${text}`).text,
  );
});

test("canonicalNode: a node that is not in the list of known nodes is an error", () => {
  for (const text of ["import a from 'a'", "export const a = 1"]) {
    assertThrows(() => canonicalNode(only(text)), SyntaxError, "unknown here");
  }
});
