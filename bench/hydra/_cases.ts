import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { composeTree, type HydraOptions } from "../../readers/hydra/compose.ts";
import {
  children,
  Leaf,
  ListNode,
  MapNode,
  pathOfNode,
  type TreeNode,
} from "../../readers/hydra/_tree.ts";
import type { Case } from "./ours.ts";

/** Every YAML file of a folder, as names of configs. */
function configsOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) =>
      relative(dir, join(entry.parentPath, entry.name)).slice(0, -5)
    )
    .sort();
}

/** The cases of a folder: its configs, alone and with overrides. */
export function casesOf(
  dir: string,
  limit: number,
  versionBase: HydraOptions["versionBase"],
): Case[] {
  const configs = configsOf(dir);
  const base = versionBase === undefined ? {} : { versionBase };
  const make = (name: string, ...overrides: string[]): Case => ({
    dir,
    name,
    overrides,
    ...base,
  });
  const primaries = configs.filter((name) => !name.includes("/"));
  const cases = configs.map((name) => make(name));
  const options = configs.filter((name) => name.includes("/"));
  for (const name of primaries.length > 0 ? primaries : configs) {
    const own = [
      ...groupOverrides(options),
      ...valueOverrides(dir, name, versionBase),
    ];
    const step = Math.max(1, Math.ceil(own.length / limit));
    cases.push(
      ...own.filter((_one, i) => i % step === 0).map((words) =>
        make(name, ...words)
      ),
    );
  }
  return cases;
}

function groupOverrides(options: readonly string[]): string[][] {
  return options.flatMap((path) => {
    const group = path.slice(0, path.lastIndexOf("/"));
    const option = path.slice(path.lastIndexOf("/") + 1);
    // What Hydra's own configs hold is not composed.
    if (path.startsWith("hydra/")) return [[`${group}=${option}`]];
    return [
      [`${group}=${option}`],
      [`+${group}=${option}`],
      [`+${group}@some.where=${option}`],
      [`+${group}@_global_=[${option}]`],
      [`~${group}`],
      [`~${group}=${option}`],
      [`${group}=null`],
      [`${group}=no_such_option`],
    ];
  });
}

/** Overrides of what a config holds; texts for every rule of the grammar are tried in turn. */
function valueOverrides(
  dir: string,
  name: string,
  versionBase: HydraOptions["versionBase"],
): string[][] {
  let tree: TreeNode;
  try {
    tree = composeTree({
      configDir: dir,
      configName: name,
      ...(versionBase === undefined ? {} : { versionBase }),
    });
  } catch {
    // Whether it is refused is compared without overrides.
    return [["+new=1"]];
  }
  const found: string[][] = [["+brand.new.key=1"], ["++brand.new.key={a:1}"], [
    "brand=1",
  ]];
  let turn = 0;
  const visit = (node: TreeNode) => {
    if (!(node instanceof Leaf)) {
      for (const item of children(node)) visit(item);
    }
    const path = pathOfNode(node).join(".");
    if (path === "") return;
    const value = VALUES[turn++ % VALUES.length]!;
    const other = VALUES[(turn * 7) % VALUES.length]!;
    found.push(
      [`${path}=${value}`],
      [`++${path}=${other}`],
      [`+${path}=${other}`],
      [`~${path}`],
      [`${path}.deeper=1`],
      [`+${path}.deeper=${value}`],
    );
    if (node instanceof MapNode) found.push([`${path}={deeper:${value}}`]);
    if (node instanceof ListNode) found.push([`${path}.0=${value}`]);
    found.push([
      `${path}=${value}`,
      `++${path}.more=${other}`,
      "+last={x:[1,{y:2}]}",
    ]);
  };
  visit(tree);
  return found;
}

/** Values of every kind that the grammar has, and some that it refuses. */
const VALUES = [
  "1",
  "-1",
  "0",
  "007",
  "1_000",
  "1e3",
  "1e-5",
  ".5",
  "5.",
  "+3",
  "-0.0",
  "1.0",
  "inf",
  "-nan",
  "true",
  "False",
  "null",
  "NULL",
  "nulls",
  "",
  "abc",
  "a-b",
  "a/b.c",
  "a b",
  "'quoted, text'",
  '"double \\" quote"',
  "'it\\'s'",
  "'a\\\\'",
  "a\\,b",
  "a\\ b",
  "\\=",
  "a\\\\b",
  "[1,2,3]",
  "[]",
  "{}",
  "[a,[b,{c:d}]]",
  "{a:1,b:{c:[x]}}",
  "{a: 1 , b : 2}",
  "[ 1 , 2 ]",
  "'${lr}'",
  "${lr}",
  "a_${lr}",
  "${oc.env:HOME}",
  "${oc.env:NO_SUCH,7}",
  "\"${oc.decode:'[1,2]'}\"",
  "\\${escaped}",
  "'\\${x}'",
  "???",
  "1,2",
  "choice(1,2)",
  "range(1,5)",
  "int(3.7)",
  "float(2)",
  "str(1.0)",
  "str(true)",
  "bool(1)",
  "int('12')",
  "int([1.5,'2'])",
  "str({a:1})",
  "sort([3,1,2])",
  "sort([b,a],reverse=true)",
  "nofunction(1)",
  "a=b",
  "#x",
  "a:b",
  "a : b",
  "http://x.y/z",
  "50%",
  "*",
  "a|b",
  "a@b",
  "$x",
  "'",
  "[1",
  "{a}",
  "a]",
  "{1:2}",
  "{true:x}",
  "{null:1}",
  "9007199254740993",
  "'a' b",
  "a'b'",
  "[''," + "' ']",
  "{a:''}",
  "é",
  "'é'",
  "[null,true,1.5]",
  "{a b:c d}",
  "${a",
  "'${a'",
  "'${a}}'",
  "'${.a}'",
  "123abc",
  "1.2.3",
  "v1.2",
  "-foo",
  "--",
  "a\\:b",
];

/** The folders that hold configs of Hydra, below some folders. */
export function configFolders(folders: readonly string[]): string[] {
  return folders.filter((folder) => existsSync(folder));
}
