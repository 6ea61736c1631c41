/** The modules of workers that `_deno_workers.mjs` starts. */
export const WORKERS: Readonly<Record<string, string>> = {
  "all.ts": `import fs from "node:fs";
    const kinds: string[] = [];
    self.postMessage([import.meta.url, import.meta.dirname, self.name, location.href, String(location),
      Deno.inspect(location), location.origin, JSON.stringify(location),
      Object.getOwnPropertyNames(Object.getPrototypeOf(location)), typeof Deno.mainModule, Deno.args.length,
      process.argv.length, Deno.env.get("A"), Deno.env.get("NODE_OPTIONS"), process.env.B,
      new Error("x").stack]);
    Deno.readTextFileSync(new URL("../in/deno.txt", import.meta.url));
    fs.readFileSync("in/node.txt");
    const tries = [
      () => new Request("./x").url, () => new Request("http://").url, () => new Request(location).url,
      () => new EventSource("http://").url, () => new WebSocket("http://").url, () => new Worker("http://", { type: "module" }),
      () => Response.redirect("http://"), () => new EventSource("./x").url, () => new WebSocket("./x").url,
      () => Response.redirect("./x").headers.get("location"), () => location.href = "x",
      () => Object.getPrototypeOf(location).href, () => fetch.name + Request.name + Worker.name,
      () => new Request("./x") instanceof Request, () => Request.length,
    ];
    const tried = tries.map((one) => {
      try { return one(); } catch (error) { return error.name + error.message; }
    });
    self.onmessage = async ({ data }) => {
      kinds.push(typeof data === "string" ? data : "buffer " + data.byteLength);
      if (kinds.length < 3) return;
      self.postMessage(kinds);
      self.postMessage([tried, await (await fetch("../in/fetched.txt")).text()]);
      const inner = new Worker("./inner.mjs", { type: "module" });
      inner.onmessage = ({ data }) => self.postMessage(data);
    };`,
  "inner.mjs": `import { helper } from "./helper.mjs";
    self.postMessage([helper, location.href, self.name]);`,
  "helper.mjs": `import fs from "node:fs";
    export const helper = fs.readFileSync("in/inner.txt", "utf8") + import.meta.url;`,
  "late.js":
    `const { data } = await new Promise((done) => self.addEventListener("message", done));
    self.postMessage([data, location.search, location.hash, import.meta.url]);`,
  "child.mjs":
    `const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "workers/child.js"] });
    self.postMessage(new TextDecoder().decode((await command.output()).stdout));`,
  "child.js": `console.log(Deno.readTextFileSync("in/child.txt"));`,
  "throws.mjs": `\n\n  throw new TypeError("thrown");`,
  "rejects.mjs": `\nawait Promise.reject(new RangeError("rejected"));`,
  "fails.mjs": `\nDeno.readTextFileSync("nowhere.txt");`,
  "imports.mjs": `import "./nowhere.mjs";`,
  "parses.mjs": `const a = ;`,
  "main.mjs": `self.postMessage([import.meta.main, location.href]);`,
  "limited.mjs": `let read;
    try { read = Deno.readTextFileSync("in/limited.txt"); } catch (error) { read = error.name; }
    self.postMessage([read, Deno.permissions.querySync({ name: "write" }).state]);`,
  "closes.mjs": `Deno.readTextFileSync("in/closes.txt"); self.close();`,
};
