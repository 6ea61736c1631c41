/** Prints what a program of Deno may do, and what it gets when it tries, one fact a line. */
import process from "node:process";
import fs from "node:fs";

/** Prints what a function returns or throws. */
function attempt(name, run) {
  try {
    console.log(name, JSON.stringify(run()) ?? "undefined");
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}

const state = (descriptor) => Deno.permissions.querySync(descriptor).state;
const here = Deno.cwd();
for (const name of ["read", "write"]) {
  attempt(name, () => state({ name }));
  for (const path of [here, `${here}/data`, `${here}/out`, "..", "/"]) {
    attempt(`${name} ${path}`, () => state({ name, path }));
  }
}
for (const name of ["env", "run", "net", "sys", "ffi"]) {
  attempt(name, () => state({ name }));
}
for (const variable of ["A", "B", "NODE_OPTIONS", "ATO_OBSERVE", "PATH"]) {
  attempt(`env ${variable}`, () => state({ name: "env", variable }));
}
attempt("A", () => Deno.env.get("A"));
attempt("process A", () => process.env.A);
attempt("process B", () => process.env.B);
attempt("has", () => Deno.env.has("B"));
attempt("NODE_OPTIONS", () => Deno.env.get("NODE_OPTIONS"));
attempt("names", () => Object.keys(Deno.env.toObject()).sort());
attempt("data/in.txt", () => Deno.readTextFileSync("data/in.txt"));
attempt("data/node.txt", () => fs.readFileSync("data/node.txt", "utf8"));
attempt("other.txt", () => Deno.readTextFileSync("other.txt"));
attempt("missing.txt", () => Deno.readTextFileSync("missing.txt"));
attempt("data", () => [...Deno.readDirSync("data")].length);
attempt("out/new.txt", () => Deno.writeTextFileSync("out/new.txt", "new"));
attempt("top.txt", () => Deno.writeTextFileSync("top.txt", "new"));
attempt("data/in.txt", () => Deno.writeTextFileSync("data/in.txt", "new"));
attempt("remove", () => Deno.removeSync("data/gone.txt"));
attempt("command", () => new Deno.Command("true").outputSync().success);
attempt("revoke", () => Deno.permissions.revokeSync({ name: "write" }).state);
attempt("after", () => Deno.writeTextFileSync("out/late.txt", "new"));
