/** The interpolations of the table, resolved by OmegaConf itself, if `ATO_HYDRA_PYTHON` names a Python that has it. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { ADict, type LooseConfig } from "@ato/ato/adict";
import { BASE, ENV, RESOLVERS, VALUES } from "./_interpolations.ts";

const python = process.env.ATO_HYDRA_PYTHON;
const skip = python === undefined
  ? "ATO_HYDRA_PYTHON names no Python with OmegaConf"
  : false;

/** The places in which an interpolation can be written. */
const PLACES: Readonly<Record<string, (text: string) => string>> = {
  alone: (text) => text,
  "in a string": (text) => `a ${text} b`,
  "an argument": (text) => `\${one:${text}}`,
  "in a list": (text) => `\${one:[x,${text}]}`,
  "in a mapping": (text) => `\${one:{k: ${text}}}`,
  "a default": (text) => `\${oc.select:none,${text}}`,
  "in oc.create": (text) => `\${oc.create:{k: ${text}}}`,
  "in quotes": (text) => `\${one:'${text.replaceAll("'", "\\'")}'}`,
};

/**
 * The cases in which OmegaConf gives another value, and the reason. Any other difference fails the test, and so
 * does a line that no case needs.
 */
const KNOWN: readonly [text: RegExp, place: RegExp, why: string][] = [
  [
    /refs|half/,
    /string|quotes/,
    "a resolver gets values here; in OmegaConf it gets the config, whose string form shows the interpolations",
  ],
  [
    /^\$\{echo:\{TRUE/,
    /string|quotes/,
    "a function of JavaScript gets mappings whose keys are strings",
  ],
];

const PEER = `
import json, os, sys, warnings
from omegaconf import OmegaConf
warnings.simplefilter("ignore")
given = json.load(sys.stdin)
os.environ.update(given["env"])
os.environ.pop("NONE", None)
OmegaConf.register_new_resolver("echo", lambda *args: list(args))
OmegaConf.register_new_resolver("one", lambda *args: args[0] if len(args) == 1 else list(args))
OmegaConf.register_new_resolver("ns.twice", lambda value: value * 2)
OmegaConf.register_new_resolver("given", lambda: ["\${s}", {"k": "\${a}"}, "???"])

def plain(value):
    if OmegaConf.is_config(value):
        value = OmegaConf.to_container(value, resolve=True)
    if isinstance(value, dict):
        return {key if isinstance(key, str) else "null" if key is None else json.dumps(key): plain(item)
                for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value

out = []
for text in given["texts"]:
    data = json.loads(json.dumps(given["base"]))
    data["m"]["v"] = text
    try:
        out.append({"value": plain(OmegaConf.create(data).m.v)})
    except Exception as error:
        out.append({"error": str(error).split("\\n")[0]})
json.dump(out, sys.stdout)
`;

test("resolve: OmegaConf returns the same values, and refuses the same", {
  skip,
}, () => {
  const base = { ...BASE, q: "???", name: "a", which: "echo" };
  const cases = VALUES.flatMap(([text]) =>
    Object.entries(PLACES).map(([place, put]) => ({
      text,
      place,
      put: put(text),
    }))
  );
  const told = JSON.parse(
    execFileSync(python!, ["-c", PEER], {
      input: JSON.stringify({ base, env: ENV, texts: cases.map((c) => c.put) }),
      encoding: "utf8",
    }),
  );
  const resolvers = {
    ...RESOLVERS,
    one: (...args: unknown[]) => args.length === 1 ? args[0] : args,
  };
  const different: string[] = [];
  const met = new Set<unknown>();
  let equal = 0;
  for (const [i, { text, place, put }] of cases.entries()) {
    const config = new ADict<LooseConfig>({
      ...base,
      m: { ...base.m, v: put },
    });
    const ours = valueOf(() =>
      config.resolve({
        only: ["m.v"],
        resolvers,
        env: ENV,
        style: "python",
        mandatory: "keep",
      }).toObject().m.v
    );
    const known = KNOWN.find(([what, where]) =>
      what.test(text) && where.test(place)
    );
    const same = "error" in ours
      ? "error" in told[i]
      : "value" in told[i] && isSame(ours.value, told[i].value);
    if (same) equal++;
    else if (known !== undefined) met.add(known);
    else {
      different.push(
        `${place}: ${put}\n  OmegaConf ${JSON.stringify(told[i])}\n  here ${
          JSON.stringify(ours)
        }`,
      );
    }
  }
  assertEquals(different, []);
  assertEquals(met.size, KNOWN.length, "what is known differs");
  assert(equal > 700, `${equal} are equal`);
});

function valueOf(fn: () => unknown): { value: unknown } | { error: string } {
  try {
    return { value: fn() };
  } catch (error) {
    return { error: String(error) };
  }
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assertEquals(a, b);
    return true;
  } catch {
    // The test collects what differs.
    return false;
  }
}
