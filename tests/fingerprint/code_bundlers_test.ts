import { assertEquals, assertNotEquals } from "@std/assert";
import { test } from "node:test";
import { fingerprintCode } from "@ato/ato/fingerprint";
import { functionsFrom } from "./_from_text.ts";

// What a function becomes in esbuild 0.28 under the options named.
const SOURCE = `function train(rows, rate = 0.1) {
  const helper = (x) => x * rate;
  function inner(y) {
    return helper(y) + 1;
  }
  class Acc {
    total = 0;
    add(v) {
      this.total += v;
      return this;
    }
  }
  const acc = new Acc();
  for (const row of rows) {
    if (row > 0) acc.add(inner(row));
  }
  return { total: acc.total, done: true, missing: undefined };
}`;
const KEEP_NAMES = `function train(rows, rate = 0.1) {
  const helper = /* @__PURE__ */ __name((x) => x * rate, "helper");
  function inner(y) {
    return helper(y) + 1;
  }
  __name(inner, "inner");
  class Acc {
    static {
      __name(this, "Acc");
    }
    total = 0;
    add(v) {
      this.total += v;
      return this;
    }
  }
  const acc = new Acc();
  for (const row of rows) {
    if (row > 0) acc.add(inner(row));
  }
  return { total: acc.total, done: true, missing: void 0 };
}`;
const WHITESPACE =
  "function train(rows,rate=.1){const helper=x=>x*rate;function inner(y){return helper(y)+1}class Acc{total=0;add(v){this.total+=v;return this}}const acc=new Acc;for(const row of rows){if(row>0)acc.add(inner(row))}return{total:acc.total,done:true,missing:void 0}}";
const IDENTIFIERS =
  "function a(r,e=.1){const o=n=>n*e;function u(n){return o(n)+1}class c{total=0;add(i){this.total+=i;return this}}const t=new c;for(const n of r){if(n>0)t.add(u(n))}return{total:t.total,done:true,missing:void 0}}";
const SYNTAX =
  "function a(r,e=.1){const o=n=>n*e;function u(n){return o(n)+1}class c{total=0;add(i){return this.total+=i,this}}const t=new c;for(const n of r)n>0&&t.add(u(n));return{total:t.total,done:!0,missing:void 0}}";

const [source, ...bundled] = await Promise.all(
  (await functionsFrom([SOURCE, KEEP_NAMES, WHITESPACE, IDENTIFIERS, SYNTAX]))
    .map((fn) => fingerprintCode(fn)),
);

for (
  const [index, what] of [
    "names kept",
    "whitespace minified",
    "whitespace and identifiers minified",
  ].entries()
) {
  test(`fingerprintCode: bundled code has the hash of its source: ${what}`, () => {
    assertEquals(bundled[index]!.source, source!.source);
    assertEquals(bundled[index]!.hash, source!.hash);
  });
}

test('fingerprintCode: code whose syntax a minifier rewrote has another hash and the note "minified"', () => {
  assertNotEquals(bundled[3]!.hash, source!.hash);
  assertEquals(bundled[3]!.notes, ["minified"]);
  assertEquals(source!.notes, []);
});
