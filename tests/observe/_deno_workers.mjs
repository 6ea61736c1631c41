/** Starts workers in every way, and prints what the program notices of each, one fact a line. */
import process from "node:process";

const here = (name) => new URL(name, import.meta.url);

/** Prints what a worker says until it ends, or has said so many things. */
function follow(name, given, { count = 1, options = {}, before } = {}) {
  const { promise, resolve } = Promise.withResolvers();
  const worker = new Worker(given, { type: "module", name, ...options });
  before?.(worker);
  worker.onmessage = ({ data }) => {
    console.log(name, JSON.stringify(data));
    if (--count === 0) resolve(worker.terminate());
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const { message, filename, lineno, colno, error } = event;
    console.log(name, { message, filename, lineno, colno, error });
    resolve();
  };
  return promise;
}

/** Prints what a function throws. */
function attempt(name, run) {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, error.name, error.message);
  }
}

const buffer = new ArrayBuffer(8);
await follow("all", here("workers/all.ts"), {
  count: 4,
  before: (worker) => {
    worker.postMessage("first");
    worker.postMessage(buffer, [buffer]);
    worker.postMessage("third", { transfer: [] });
    console.log("detached", buffer.byteLength);
  },
});
await follow("late", here("workers/late.js?x=1#y"), {
  before: (worker) => worker.postMessage("early"),
});
await follow("child", here("workers/child.mjs"));
for (const name of ["throws", "fails", "rejects", "imports", "parses"]) {
  await follow(name, here(`workers/${name}.mjs`));
}
await follow("missing", here("workers/missing.mjs"));
await follow("data", "data:text/javascript,self.postMessage(location.href)");
await follow("main", here("workers/main.mjs"));
await follow("limited", here("workers/limited.mjs"), {
  options: { deno: { permissions: "none" } },
});
await follow("inherits", here("workers/limited.mjs?2"), {
  options: { deno: { permissions: "inherit" } },
});
new Worker(here("workers/closes.mjs"), { type: "module" });
new Worker(here("workers/limited.mjs"), { type: "module" }).terminate();
attempt("classic", () => new Worker(here("workers/main.mjs")));
attempt("relative", () => new Worker("./workers/main.mjs", { type: "module" }));
attempt("nothing", () => new Worker());
attempt("call", () => Worker(here("workers/main.mjs")));
console.log(Worker.name, Worker.length, `${Worker}`.length);
process.exitCode = 3;
