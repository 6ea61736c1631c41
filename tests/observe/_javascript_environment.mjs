/**
 * Uses of the environment, and which variables each reads by name. Each uses a variable of its own, `<letter>_SET`,
 * which is set, and `<letter>_NONE`, which is not.
 */
import process, { env } from "node:process";

const deno = globalThis.Deno?.version?.deno ? globalThis.Deno : undefined;
const use = (name, reads, run) => ({ name, reads, run });
const denoUse = (name, reads, run) => ({ name, reads, run, isDeno: true });

export const USES = [
  use("get", ["SET", "NONE"], (v) => [process.env[v("SET")], env[v("NONE")]]),
  use("in", ["SET"], (v) => v("SET") in process.env),
  use("Object.hasOwn", ["SET"], (v) => Object.hasOwn(process.env, v("SET"))),
  use(
    "hasOwnProperty",
    ["NONE"],
    (v) => Reflect.apply(process.env.hasOwnProperty, process.env, [v("NONE")]),
  ),
  use(
    "a description",
    ["SET"],
    (v) => Object.getOwnPropertyDescriptor(process.env, v("SET")),
  ),
  use("destructuring", ["SET"], (v) => {
    const { [v("SET")]: value } = process.env;
    return value;
  }),
  use("the rest of destructuring", ["SET"], (v) => {
    const { [v("SET")]: value, ...rest } = process.env;
    return [value, rest];
  }),
  use("a default", ["NONE"], (v) => process.env[v("NONE")] ??= "default"),
  use("spread", [], () => ({ ...process.env })),
  use("Object.keys", [], () => Object.keys(process.env)),
  use("Object.entries", [], () => Object.entries(process.env)),
  use("Object.values", [], () => Object.values(process.env)),
  use("Object.assign", [], () => Object.assign({}, process.env)),
  use("JSON.stringify", [], () => JSON.stringify(process.env)),
  use("for in over all", [], () => {
    const all = {};
    for (const name in process.env) all[name] = process.env[name];
  }),
  use("keys, then each", [], () => {
    Object.keys(process.env).map((name) => process.env[name]);
  }),
  use("keys, then one", ["SET"], (v) => {
    Object.keys(process.env).filter((name) => name === v("SET"))
      .map((name) => process.env[name]);
  }),
  use("for in until one is found", ["SET"], (v) => {
    for (const name in process.env) {
      if (name === v("SET")) return process.env[name];
    }
  }),
  use("spread, then one", ["SET"], (v) => [
    { ...process.env },
    process.env[v("SET")],
  ]),
  use("one between two enumerations", ["NONE"], (v) => {
    Object.keys(process.env);
    process.env[v("NONE")];
    Object.entries(process.env);
  }),
  use("set, then get", [], (v) => {
    process.env[v("SET")] = "own";
    return process.env[v("SET")];
  }),
  use("get, then set", ["SET"], (v) => {
    process.env[v("SET")];
    process.env[v("SET")] = "own";
  }),
  use("delete, then get", [], (v) => {
    delete process.env[v("SET")];
    return process.env[v("SET")];
  }),
  denoUse("Deno.env.get", ["SET", "NONE"], (v) => [
    deno.env.get(v("SET")),
    deno.env.get(v("NONE")),
  ]),
  denoUse("Deno.env.has", ["SET", "NONE"], (v) => [
    deno.env.has(v("SET")),
    deno.env.has(v("NONE")),
  ]),
  denoUse("Deno.env.toObject", [], (v) => deno.env.toObject()[v("SET")]),
  denoUse("Deno.env.set, then get", [], (v) => {
    deno.env.set(v("SET"), "own");
    return deno.env.get(v("SET"));
  }),
  denoUse("Deno.env.set, then process.env", [], (v) => {
    deno.env.set(v("SET"), "own");
    return process.env[v("SET")];
  }),
  denoUse("Deno.env.delete", [], (v) => deno.env.delete(v("SET"))),
];

/**
 * The uses that this runtime has.
 *
 * @type {readonly { name: string, reads: readonly string[], run: (variable: (kind: string) => string) => unknown }[]}
 */
export const OWN_USES = USES.filter(({ isDeno }) => !isDeno || deno);

/**
 * The variable of a use.
 *
 * @type {(index: number, kind: string) => string}
 */
export const variableOf = (index, kind) => `USE${index}_${kind}`;

if (process.argv[2] === "all") {
  for (const [i, { run }] of OWN_USES.entries()) {
    run((kind) => variableOf(i, kind));
    await undefined;
  }
}
