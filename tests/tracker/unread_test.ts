/** Which config keys nobody read, as a run records them at its end. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { ADict, type LooseConfig } from "../../adict/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { configIn, inFolder } from "./_helpers.ts";

const DATA = { lr: 0.1, logDir: "out", model: { depth: 2, width: 3 } };

/** What a run says was never read, after the script used its config in some way. */
async function unreadAfter(
  use: (config: LooseConfig) => unknown,
): Promise<readonly string[] | undefined> {
  let found: readonly string[] | undefined;
  await inFolder(async (folder) => {
    const config: LooseConfig = new ADict({ ...DATA, ...configIn(folder) });
    const logger = new SQLLogger(config);
    const id = await logger.run();
    use(config);
    await logger.finish();
    const finder = new SQLFinder(configIn(folder));
    found = (await finder.findRun(id))!.unread?.filter((path) =>
      !path.startsWith("experiment")
    );
    await finder.close();
  });
  return found;
}

const CASES: readonly [string, (config: LooseConfig) => unknown, string[]][] = [
  ["nothing", () => {}, ["lr", "logDir", "model.depth", "model.width"]],
  ["some", (c) => [c.lr, c.model.depth], ["logDir", "model.width"]],
  ["by get", (c) => c.get("logDir"), ["lr", "model.depth", "model.width"]],
  ["by path", (c) => c.getByPath("model.width"), [
    "lr",
    "logDir",
    "model.depth",
  ]],
  ["destructured", (c) => {
    const { lr, model: { depth } } = c;
    return [lr, depth];
  }, ["logDir", "model.width"]],
  ["spread", (c) => ({ ...c }), ["model.depth", "model.width"]],
  ["only written", (c) => c.lr = 5, [
    "lr",
    "logDir",
    "model.depth",
    "model.width",
  ]],
  // What went out as a copy may have been read there.
  ["copied to plain data", (c) => c.toObject(), []],
  ["copied in part", (c) => c.model.toObject(), ["lr", "logDir"]],
  ["cloned", (c) => c.clone(), []],
  ["made into another", (c) => new ADict(c), []],
  ["put into another", (c) => new ADict().update({ m: c.model }), [
    "lr",
    "logDir",
  ]],
  ["as JSON", (c) => JSON.stringify(c), []],
  // To show a config is not to use it.
  ["shown", (c) => c.toXyz(), ["lr", "logDir", "model.depth", "model.width"]],
];

for (const [name, use, expected] of CASES) {
  test(`run.unread: ${name}`, async () => {
    assertEquals(await unreadAfter(use), expected);
  });
}

test("run.unread: a config of a scope tells it, too, a plain object does not", async () => {
  await inFolder(async (folder) => {
    const scope = new Scope();
    scope.observe({ default: true })(function base(config) {
      Object.assign(config, DATA, configIn(folder));
      config.doubled = config.lr * 2; // what views read is read
    });
    const config = scope.apply([]);
    const first = new SQLLogger(config);
    await first.run();
    void config.logDir;
    await first.finish();
    const plain = new SQLLogger({ ...DATA, ...configIn(folder) });
    await plain.run();
    await plain.finish();
    const finder = new SQLFinder(configIn(folder));
    const found = (await finder.findRun(1))!.unread!;
    assertEquals(found.filter((path) => !path.startsWith("experiment")), [
      "model.depth",
      "model.width",
      "doubled",
    ]);
    assertEquals((await finder.findRun(2))!.unread, undefined);
    await finder.close();
  });
});
