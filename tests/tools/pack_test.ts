import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { inlineNames } from "../../tools/inline_names.ts";

const IMPORTS = {
  "@std/yaml": "./npm/yaml.ts",
  "meriyah": "npm:meriyah@^7.4.0",
};

const CASES = [
  {
    from: `import { parse } from "@std/yaml";`,
    to: `import { parse } from "../npm/yaml.ts";`,
  },
  { from: `import "meriyah";`, to: `import "npm:meriyah@^7.4.0";` },
  {
    from: `import {\n  parse,\n  type Node,\n} from "meriyah";`,
    to: `import {\n  parse,\n  type Node,\n} from "npm:meriyah@^7.4.0";`,
  },
  {
    from: `import type { ESTree } from "meriyah";`,
    to: `import type { ESTree } from "npm:meriyah@^7.4.0";`,
  },
  { from: `export * from "@std/yaml";`, to: `export * from "../npm/yaml.ts";` },
  {
    from: `const yaml = await import("@std/yaml");`,
    to: `const yaml = await import("../npm/yaml.ts");`,
  },
  {
    from: `type Yaml = typeof import("@std/yaml");`,
    to: `type Yaml = typeof import("../npm/yaml.ts");`,
  },
  {
    from: `import { a } from "./meriyah";`,
    to: `import { a } from "./meriyah";`,
  },
  { from: `const name = "@std/yaml";`, to: `const name = "@std/yaml";` },
  {
    from: ` * import { x } from "@std/yaml";`,
    to: ` * import { x } from "@std/yaml";`,
  },
  { from: `import x from "constructor";`, to: `import x from "constructor";` },
];

for (const { from, to } of CASES) {
  test(`inlineNames: ${from.replaceAll("\n", " ")}`, () => {
    assertEquals(inlineNames(from, 1, IMPORTS), to);
  });
}

test("inlineNames: a module at the top", () => {
  assertEquals(
    inlineNames(`import { parse } from "@std/yaml";`, 0, IMPORTS),
    `import { parse } from "./npm/yaml.ts";`,
  );
});
