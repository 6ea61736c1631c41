import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MultiScope, Scope } from "@ato/ato/scope";
import { NO_ORIGINAL, runOriginal } from "./python.ts";

function example(): Scope {
  const scope = new Scope();
  scope.observe({ default: true })(function defaults(config) {
    config.lr = 0.001;
  });
  scope.observe({ priority: 1 })(function experiment(config) {
    config.lr = 0.01;
  });
  scope.observe({ priority: -3, lazy: true })(function early() {});
  scope.observe({ priority: 2 })(function another(config) {
    config.lr = 0.1;
  });
  scope.observe({ lazy: true })(function adaptive(config) {
    config.lr *= 2;
  });
  scope.manual((docs) => {
    docs.lr = "Learning rate for the optimizer";
    docs.model = { depth: "how deep" };
    docs["a.b"] = "dotted";
    docs.odd = "true: 10";
  });
  return scope;
}

const EXPECTED = `\
--------------------------------------------------
[Scope "config"]
(The Applying Order of Views)
defaults → experiment → another → (CLI Inputs) → early → adaptive
(User Manuals)
lr: Learning rate for the optimizer
model:
  depth: how deep
a.b: dotted
odd: true: 10
`;

test("manualText: starts in the layout of the Python original", () => {
  const text = example().manualText();
  assertEquals(text.slice(0, EXPECTED.length), EXPECTED);
  assert(text.endsWith("-".repeat(50)));
});

const SCRIPT = `
from ato.scope import Scope
scope = Scope()
@scope.observe(default=True)
def defaults(config): pass
@scope.observe(priority=1)
def experiment(config): pass
@scope.observe(priority=-3, lazy=True)
def early(config): pass
@scope.observe(priority=2)
def another(config): pass
@scope.observe(lazy=True)
def adaptive(config): pass
@scope.manual
def docs(docs):
    docs.lr = 'Learning rate for the optimizer'
    docs.model = dict(depth='how deep')
    docs['a.b'] = 'dotted'
    docs.odd = 'true: 10'
@scope
def train(config): pass
train()
`;

test("manualText: is that of the Python original, and more below", {
  skip: NO_ORIGINAL,
}, () => {
  // The original lists the word `print` among the views, although there is no such view.
  const theirs = runOriginal(SCRIPT, ["manual"])
    .replace(" → print\n", "\n").split("\n");
  const ours = example().manualText().split("\n");
  assertEquals(theirs.length, 11);
  // The original ends with a rule; here the table of setters follows.
  assertEquals(ours.slice(0, theirs.length - 1), theirs.slice(0, -1));
  assertEquals([ours[theirs.length - 1], ours.at(-1)], [
    "(Who Set What)",
    theirs.at(-1),
  ]);
});

/** Line numbers are tested elsewhere; here they would change with every edit. */
function withoutLines(text: string): string {
  return text.replace(/(manual_test\.ts):\d+/g, "$1:N");
}

test("manualText: the value, the setter, the location, and what was replaced", () => {
  const text = example().manualText("another lr=0.5 name=%first try% adaptive");
  assertEquals(
    withoutLines(text.split("(Who Set What)\n")[1]!),
    `\
lr = 1              adaptive (lazy), tests/scope/manual_test.ts:N
  replaced 0.5      command line: lr=0.5
  replaced 0.1      another, tests/scope/manual_test.ts:N
  replaced 0.001    defaults, tests/scope/manual_test.ts:N
name = %first try%  command line: name=%first try%
${"-".repeat(50)}`,
  );
});

test("manualText: the order names only the views and the command line", () => {
  const scope = new Scope();
  scope.observe({ default: true })(function config(config) {
    config.lr = 1;
  });
  assertStringIncludes(scope.manualText([]), "\nconfig → (CLI Inputs)\n");
  assertStringIncludes(new Scope().manualText([]), "\n(CLI Inputs)\n");
  assert(!scope.manualText(["print"]).includes("print"));
});

test("manualText: a string has quotes only if it would be read as something else", () => {
  const shown: [value: unknown, text: string][] = [
    ["sqlite:///runs.db", "sqlite:///runs.db"],
    ["/data/a.csv", "/data/a.csv"],
    ["C:\\runs\\x.db", "C:\\runs\\x.db"],
    ["./a_b-c~1", "./a_b-c~1"],
    ["http://host:80/a?b=c&d#e", "http://host:80/a?b=c&d#e"],
    ["a,b;c", "a,b;c"],
    ["resnet50", "resnet50"],
    ["größe", "größe"],
    ["first try", "%first try%"],
    ["", "%%"],
    ["0.5", "%0.5%"],
    ["007", "007"],
    ["None", "%None%"],
    ["[a", "%[a%"],
    ["%", "%%%%"],
    ["a\nb", "%a\\nb%"],
    ["\u202ea", "%\\u202ea%"],
    [["sqlite:///a.db", "b c"], "[sqlite:///a.db, %b c%]"],
    [16045690984503098047n, "16045690984503098047n"],
  ];
  for (const [value, text] of shown) {
    const scope = new Scope({ config: { key: value } });
    const line = scope.manualText([]).split("\n").find((line) =>
      line.startsWith("key = ")
    )!;
    assert(line.startsWith(`key = ${text}  `), line);
    // What is shown can be typed and is read as the same value.
    const again = new Scope().apply([`key=${text}`]);
    assertEquals(again.toObject(), { key: value }, text);
  }
});

test("manualText: a change of type is shown, long values are cut, removed keys are left out", () => {
  const scope = new Scope({
    config: { lr: 0.1, none: null, gone: 1, list: [1] },
  });
  scope.observe({ default: true })(function base(config) {
    config.delete("gone");
    config.long = "x".repeat(500);
  });
  const text = scope.manualText("lr=0,1 none=3 list=7");
  assertStringIncludes(
    text,
    "command line: lr=0,1  (was a number, now a string)",
  );
  assertStringIncludes(
    text,
    "command line: list=7  (was a list, now a number)",
  );
  assert(!/none = 3.*was/.test(text));
  assert(!text.includes("gone"));
  assert(text.split("\n").every((line) => line.length < 160));
});

test("manualText: a config that cannot be resolved has a manual up to the error", () => {
  const scope = example();
  scope.observe({ default: true, priority: 5 })(function broken() {
    throw new Error("no such file");
  });
  const text = scope.manualText("lr=3");
  assertStringIncludes(text, "defaults → broken → experiment");
  assertStringIncludes(text, "lr = 0.001");
  assertStringIncludes(text, "not fully resolved: no such file");
  assertStringIncludes(
    scope.manualText("unknown"),
    "not fully resolved: Cannot apply",
  );
});

test("manualText: the last resolved config stays", () => {
  const scope = example();
  const config = scope.apply("lr=1");
  assertStringIncludes(scope.manualText(), "lr = 1");
  assertStringIncludes(scope.manualText("lr=2"), "lr = 2");
  assertStringIncludes(scope.manualText("lr=["), "not fully resolved");
  assert(scope.config === config);
  assertEquals(scope.explain("lr").at(-1)?.by, "lr=1");
});

test("MultiScope.manualText: one manual, with the names of the scopes before the keys", () => {
  const model = new Scope({ name: "model" });
  const data = new Scope({ name: "data" });
  model.manual({ lr: "of the model" });
  data.manual({ lr: "of the data" });
  data.observe("big", { lr: 3 });
  const text = new MultiScope(model, data).manualText("model.lr=1 big");
  assertEquals(
    withoutLines(text),
    `\
${"-".repeat(50)}
[Scope "model"]
(The Applying Order of Views)
(CLI Inputs)
(User Manuals)
model.lr: of the model
(Who Set What)
model.lr = 1  command line: model.lr=1
${"-".repeat(50)}
[Scope "data"]
(The Applying Order of Views)
big → (CLI Inputs)
(User Manuals)
data.lr: of the data
(Who Set What)
data.lr = 3  big, tests/scope/manual_test.ts:N
${"-".repeat(50)}`,
  );
});
