import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { Scope, ScopeUsageError } from "@ato/ato/scope";
import { IS_DENO } from "../_shared/run_script.ts";

test("observe: decorates methods", {
  skip: IS_DENO
    ? false
    : "Node only strips types and does not support decorators",
}, async () => {
  // Not a literal import: Node would try to read the file.
  const name = "./fixtures/decorated.ts";
  const { scope, Views } = await import(
    name
  ) as typeof import("./fixtures/decorated.ts");
  assertEquals(scope.apply([]).toObject(), { lr: 3, own: 3 });
  const views = new Views();
  assertEquals(scope.apply("scaled").lr, 6);
  views.factor = 5;
  assertEquals(scope.apply("scaled lr=7").lr, 7);
  assertEquals(scope.apply("scaled").lr, 15);
  // The method itself is unchanged.
  assertEquals(views.scale({ lr: 2 }), 10);
  assertEquals(scope.explain("lr")[0]?.at?.line, 16);
});

/** The context that the runtime passes to a decorator. */
function context(name: string | symbol, kind = "method") {
  const initializers: ((this: unknown) => void)[] = [];
  return {
    made: {
      kind,
      name,
      static: false,
      private: false,
      addInitializer: (fn: (this: unknown) => void) =>
        void initializers.push(fn),
    } as unknown as ClassMethodDecoratorContext,
    initialize: (owner: unknown) =>
      initializers.forEach((fn) => fn.call(owner)),
  };
}

test("observe: the result takes the context of a decorator", () => {
  const scope = new Scope<{ lr: number }>();
  function original(
    this: { by: number } | undefined,
    config: { lr: number },
  ): void {
    config.lr = this?.by ?? 1;
  }
  const { made, initialize } = context("named");
  assertEquals(scope.observe({ default: true })(original, made), original);
  assertEquals(scope.apply([]).lr, 1);
  initialize({ by: 5 });
  assertEquals(scope.apply([]).lr, 5);
  assertEquals(scope.explain("lr").map(({ by }) => by), ["named"]);
  scope.observe()(() => {}, context("#hidden").made);
  scope.apply("hidden");
});

test("observe: decorates methods only", () => {
  const scope = new Scope();
  for (const kind of ["class", "getter", "field", "accessor"]) {
    assertThrows(
      () => scope.observe()(() => {}, context("x", kind).made),
      ScopeUsageError,
      "methods",
    );
  }
  assertThrows(
    () => scope.observe()(3 as never),
    ScopeUsageError,
    "only functions",
  );
});
