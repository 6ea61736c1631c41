/** Wrong arguments from plain JavaScript: the error names the argument and what it must be. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  formatValue,
  MultiScope,
  parseCommandLine,
  quote,
  Scope,
  ScopeUsageError,
} from "@ato/ato/scope";

// deno-lint-ignore no-explicit-any -- the tests pass what the types forbid
type Anything = any;

const JS = Scope as Anything;
const scope = (): Anything => new Scope({ argv: [] });

/** A call, and what its message must contain. */
const WRONG: [what: string, call: () => unknown, says: string][] = [
  [
    "a name instead of options",
    () => new JS("model"),
    "is a string; pass an object with name, config",
  ],
  ["no options", () => new JS(null), "is null"],
  [
    "a config instead of options",
    () => new JS({ lr: 0.1 }),
    'no option "lr"; the options are name,',
  ],
  [
    "a mistyped option",
    () => new JS({ stict: true }),
    "did you mean strict?",
  ],
  [
    "a name that is not a string",
    () => new JS({ name: 5 }),
    "name is a number; pass a string",
  ],
  [
    "a config that is a list",
    () => new JS({ config: [1] }),
    "config is a list; pass an object of keys",
  ],
  [
    "a config that is a date",
    () => new JS({ config: new Date() }),
    "config is a Date",
  ],
  [
    "strict that is a string",
    () => new JS({ strict: "yes" }),
    "strict is a string; pass a boolean",
  ],
  [
    "auto that is a number",
    () => new JS({ auto: 1 }),
    "auto is a number; pass a boolean",
  ],
  [
    "an argv that is an object",
    () => new JS({ argv: {} }),
    "argv is an object; pass a command line",
  ],
  [
    "an argv with a number",
    () => new JS({ argv: ["a=1", 5] }),
    "item 1 of argv is a number",
  ],

  [
    "observe without its first call",
    () => scope().observe(function base() {}),
    "write scope.observe()(base)",
  ],
  ["observe of a number", () => scope().observe(5), "is a number"],
  ["observe of null", () => scope().observe(null), "is null"],
  [
    "Python's chain_with",
    () => scope().observe({ chain_with: "a" }),
    "did you mean chainWith?",
  ],
  [
    "a priority that is a string",
    () => scope().observe({ priority: "1" }),
    "priority is a string; pass a number",
  ],
  [
    "a priority that is NaN",
    () => scope().observe("x", {}, { priority: NaN }),
    "Cannot observe x: priority is NaN",
  ],
  [
    "default that is a number",
    () => scope().observe({ default: 1 }),
    "default is a number; pass a boolean",
  ],
  [
    "chainWith of numbers",
    () => scope().observe({ chainWith: ["a", 1] }),
    "item 1 of chainWith is a number",
  ],
  [
    "a view that is undefined",
    () => scope().observe("x"),
    "the view is undefined; pass a function or an object",
  ],
  [
    "a view that is a list",
    () => scope().observe("x", [1]),
    "the view is a list",
  ],
  [
    "a view that is a promise",
    () => scope().observe("x", Promise.resolve({})),
    "the view is a Promise",
  ],
  ["options that are null", () => scope().observe("x", {}, null), "is null"],
  [
    "two names",
    () => scope().observe("x", {}, { name: "y" }),
    "the options name it y",
  ],
  [
    "no function for observe",
    () => scope().observe()(5),
    "only functions and methods",
  ],

  [
    "a view that is a generator",
    () => scope().observe()(function* base() {}),
    "it is a generator",
  ],
  [
    "a manual that is a generator",
    () => scope().manual(function* docs() {}),
    "it is a generator",
  ],
  [
    "a manual that is missing",
    () => scope().manual(),
    "it is undefined; pass a function or an object",
  ],
  [
    "a manual that is a string",
    () => scope().manual("lr: rate"),
    "it is a string; pass a function or an object",
  ],
  [
    "a manual that is async",
    () => scope().manual(async () => await 1),
    "the function is async",
  ],

  ["a list for assign", () => scope().assign(["a=1"]), "assign(...words)"],
  ["a number for assign", () => scope().assign("a=1", 5), "word 2 is a number"],
  ["null for assign", () => scope().assign(null), "word 1 is null"],

  ["no parser", () => scope().use(), "neither `_` nor `values`"],
  [
    "a parser that returns nothing",
    () => scope().use(() => {}),
    "neither `_` nor `values`",
  ],
  [
    "a parser that is async",
    () => scope().use(async () => await { _: [] }),
    "is async",
  ],
  [
    "an unknown value of unknown",
    () => scope().use({ _: [] }, { unknown: "drop" }),
    '"error", "merge" or "ignore"',
  ],
  [
    "known that is a string",
    () => scope().use({ _: [] }, { known: "a" }),
    "known is a string; pass a list of names",
  ],
  [
    "a mistyped option of use",
    () => scope().use({ _: [] }, { default: {} }),
    "did you mean defaults?",
  ],
  [
    "a rename that returns a number",
    () => scope().use({ _: [], a: 1 }, { rename: () => 1 }),
    "what rename returns for --a is a number",
  ],

  [
    "trace without its first call",
    () => scope().trace(function step() {}),
    "write scope.trace()(step)",
  ],
  [
    "Python's trace_id",
    () => scope().trace({ trace_id: "a" }),
    'no option "trace_id"',
  ],
  [
    "an id that is a number",
    () => scope().trace({ id: 5 }),
    "id is a number; pass a string",
  ],
  [
    "a helper that is not a function",
    () => scope().trace({ uses: [() => 1, "b"] }),
    "item 1 of uses is a string",
  ],
  [
    "helpers by name that are not functions",
    () => scope().trace({ uses: { a: 1 } }),
    "uses is an object; pass a list or an object of functions",
  ],
  [
    "includes that is a function",
    () => scope().trace({ includes: () => 1 }),
    "includes is a function; pass a list",
  ],
  ["no function for trace", () => scope().trace()(), "Cannot trace undefined"],
  ["a list for trace", () => scope().trace()([]), "Cannot trace a list"],
  ["no name for trace", () => scope().trace()(() => 1), "without a name"],

  [
    "runtimeTrace without its first call",
    () => scope().runtimeTrace(function f() {}),
    "write scope.runtimeTrace()(f)",
  ],
  [
    "Python's init_fn",
    () => scope().runtimeTrace({ init_fn: () => 1 }),
    "did you mean initFn?",
  ],
  [
    "an inspectFn that is a string",
    () => scope().runtimeTrace({ inspectFn: "x" }),
    "inspectFn is a string; pass a function",
  ],
  [
    "a precision that is a string",
    () => scope().runtimeTrace({ precision: "3" }),
    "precision is a string; pass a number",
  ],
  [
    "no function for runtimeTrace",
    () => scope().runtimeTrace()(3),
    "Cannot trace a number",
  ],

  [
    "a number for apply",
    () => scope().apply(5),
    "it is a number; pass its words",
  ],
  ["null for apply", () => scope().apply(null), "it is null"],
  ["an object for apply", () => scope().apply({ lr: 1 }), "it is an object"],
  [
    "a number in argv",
    () => scope().apply(["lr=1", 2]),
    "item 1 of it is a number",
  ],
  ["an object for manualText", () => scope().manualText({}), "it is an object"],
  [
    "a number for parseCommandLine",
    () => parseCommandLine(5 as Anything),
    "it is a number",
  ],
  [
    "no function for main",
    () => scope().main(),
    "the function to run is undefined; pass a function",
  ],
  [
    "a list for explain",
    () => scope().explain(["a"]),
    "its path is a list; pass a string such as model.depth",
  ],
  ["nothing for explain", () => scope().explain(), "its path is undefined"],

  [
    "no scopes",
    () => new MultiScope(),
    "none was passed; pass them, as in new MultiScope(model, data)",
  ],
  [
    "a list of scopes",
    () => new MultiScope([new Scope()] as Anything),
    "is a list, not a Scope",
  ],
  [
    "undefined as a scope",
    () => new MultiScope(undefined as Anything),
    "is undefined, not a Scope",
  ],
  [
    "a number for withArgv",
    () => new MultiScope(new Scope()).withArgv(5 as Anything),
    "it is a number",
  ],
  [
    "no function for a MultiScope's main",
    () => new MultiScope(new Scope()).main(1 as Anything),
    "the function to run is a number",
  ],

  ["a number for quote", () => quote(5 as Anything), "Cannot quote a number"],
  ["a value that contains itself", () => {
    const list: unknown[] = [];
    list.push({ list });
    return formatValue(list);
  }, "contains itself"],
];

for (const [what, call, says] of WRONG) {
  test(`ScopeUsageError: ${what}`, () => {
    const error = assertThrows(call, ScopeUsageError);
    assert(error instanceof TypeError);
    assertStringIncludes(error.message, says);
    assert(/^Cannot [a-z]/.test(error.message), error.message);
    assert(!/\ba (?:undefined|object|array|null)\b/.test(error.message));
    assert(!error.message.endsWith("."), error.message);
  });
}

test("Scope.lazy: wrong arguments fail inside the view", () => {
  const cases: [(config: unknown) => unknown, string][] = [
    [() => JS.lazy(), "the function to run is undefined; pass a function"],
    [() => JS.lazy({ priority: 1 }), "the function to run is an object"],
    [() => JS.lazy(() => {}, { prioritty: 1 }), "did you mean priority?"],
    [() => JS.lazy(() => {}, 5), "is a number"],
    [() => JS.lazy(function* () {}), "it is a generator"],
  ];
  for (const [view, says] of cases) {
    const broken = new Scope();
    broken.observe({ default: true, name: "view" })(view);
    assertThrows(() => broken.apply([]), ScopeUsageError, says);
  }
});

test("applyAsync: rejects instead of throwing", async () => {
  const promise = scope().applyAsync(5);
  await assertRejects(() => promise, ScopeUsageError, "it is a number");
});

test("Scope: an option that is undefined counts as not given", () => {
  const nothing = undefined;
  const fine: Anything = new JS({
    name: nothing,
    argv: nothing,
    auto: nothing,
  });
  fine.observe({ default: true, priority: nothing, chainWith: nothing })(
    function base(config: Record<string, unknown>) {
      config.lr = 1;
    },
  );
  fine.observe("map", new Map([["depth", 3]]), nothing);
  fine.assign();
  fine.manual({});
  fine.trace(nothing);
  fine.runtimeTrace({ precision: nothing });
  assertEquals(fine.apply(["map"]).toObject(), { lr: 1, depth: 3 });
  assertEquals(fine.main(() => 3)(), 3);
  // The holes of a sparse list are formatted like undefined.
  assertEquals(formatValue([1, , 2] as Anything), "[1, undefined, 2]");
});
