import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { unknownOption } from "../../internal/known_options.ts";

test("unknownOption: known options are none", () => {
  assertEquals(unknownOption({}, ["lr"]), undefined);
  assertEquals(unknownOption({ lr: 1 }, ["lr", "width"]), undefined);
  assertEquals(unknownOption({}, []), undefined);
});

test("unknownOption: the first unknown one is named, with the nearest name or all names", () => {
  const known = ["trials", "fidelity"];
  assertEquals(unknownOption({ trials: 1, trails: 2, x: 3 }, known), {
    name: "trails",
    reason: 'there is no option "trails"; did you mean trials?',
  });
  assertEquals(unknownOption({ workers: 2 }, known), {
    name: "workers",
    reason: 'there is no option "workers"; the options are trials, fidelity',
  });
  assertEquals(unknownOption({ "a\nb": 2 }, []), {
    name: "a\nb",
    reason: 'there is no option "a\\nb"; it has none',
  });
});

test("unknownOption: the suggestion can be stricter", () => {
  const known = ["name", "argv"];
  assertEquals(
    unknownOption({ lr: 1 }, known)?.reason,
    'there is no option "lr"; did you mean argv?',
  );
  assertEquals(
    unknownOption({ lr: 1 }, known, {})?.reason,
    'there is no option "lr"; the options are name, argv',
  );
});

test("unknownOption: names of Object.prototype are not known", () => {
  const options = JSON.parse('{ "__proto__": 1 }');
  assertEquals(unknownOption(options, ["lr"])?.name, "__proto__");
  assertEquals(unknownOption({ toString: 1 }, ["lr"])?.name, "toString");
});
