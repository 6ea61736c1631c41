/** Tests of how the observations of several processes are merged. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SeenRun } from "../../observe/_seen_run.ts";
import { startedWith } from "../../observe/_started_with.ts";
import { unobserved } from "../../observe/_unobserved.ts";
import type { Observation, ProcessSeen } from "../../internal/observation.ts";
import { processLine, readLine } from "./_lines.ts";

type Line = readonly [file: string, seen: Observation];

function runOf(lines: readonly Line[]): SeenRun {
  const run = new SeenRun();
  for (const [file, seen] of lines) run.take(file, seen);
  return run;
}

const read = (at: number, mtime?: string): Observation =>
  readLine("/d/x", { at, ...(mtime !== undefined && { mtime }) });
const write = (at: number): Observation => ({ is: "write", path: "/d/x", at });

const ORDERS: readonly (readonly [string, readonly Line[], boolean])[] = [
  ["only read", [["a", read(5)]], false],
  ["only written", [["a", write(5)]], true],
  ["read, then written", [["a", read(5)], ["a", write(5)]], false],
  ["written, then read, in one millisecond", [
    ["a", write(5)],
    ["a", read(5)],
  ], true],
  ["written by a child, then read", [["a", read(9)], ["b", write(4)]], true],
  ["read, then written by a child", [["b", write(9)], ["a", read(4)]], false],
  ["in one millisecond, with the time of an old file", [
    ["a", read(5_000, "1000000")],
    ["b", write(5_000)],
  ], false],
  ["in one millisecond, with the time of the write", [
    ["a", read(5_000, "5000400000")],
    ["b", write(5_000)],
  ], true],
  ["read by two processes, written between", [
    ["b", read(9)],
    ["a", read(2)],
    ["b", write(5)],
  ], false],
];

for (const [name, lines, isWritten] of ORDERS) {
  test(`SeenRun: a file that is ${name} is ${isWritten ? "an output" : "an input"}`, () => {
    assertEquals(runOf(lines).written().has("/d/x"), isWritten);
  });
}

test("SeenRun: what is seen does not depend on which file is read first", () => {
  const line = fc.tuple(
    fc.constantFrom("a", "b", "c"),
    fc.boolean(),
    fc.nat(1_000),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 12 }), (all) => {
    // Times of one file grow, and no two are equal across files: only then the order is known.
    const lines = all.map(([file, isRead, step], i): Line => [
      file,
      (isRead ? read : write)(i * 1_000 + step % 900),
    ]);
    const byFile = ["c", "b", "a"].flatMap((name) =>
      lines.filter(([file]) => file === name)
    );
    const [one, other] = [runOf(lines), runOf(byFile)];
    assertEquals(other.written(), one.written());
    assertEquals(other.reads.get("/d/x")?.at, one.reads.get("/d/x")?.at);
  }));
});

test("SeenRun: a hash completes the first read of its process, and a read that is certain beats a guess", () => {
  const run = runOf([
    ["a", readLine("/d/x", { isGuess: true, at: 1 })],
    ["b", readLine("/d/x", { at: 7 })],
    ["b", readLine("/d/x", { at: 9, sha256: "ff" })],
    ["c", readLine("/d/x", { at: 8 })],
  ]);
  const first = run.reads.get("/d/x");
  assertEquals([first?.at, first?.sha256], [7, "ff"]);
  assertEquals(first?.read.isGuess, undefined);
});

const env = (name: string, value: string | null, at = 1): Observation => ({
  is: "env",
  name,
  value,
  at,
});

test("startedWith: what a process of the run set for another one is no input", () => {
  const run = runOf([
    ["a", processLine()],
    ["a", env("SCALE", "3")],
    ["b", processLine({ pid: 11, parent: 10 })],
    ["b", env("RANK", "0")],
    ["b", env("MODE", "fast")],
    ["a", env("LATE", "1", 50)],
  ]);
  assertEquals(
    startedWith(run, { env: { MODE: "slow", SCALE: "x" }, until: 9 }),
    [["SCALE", "3"], ["RANK", null], ["MODE", "slow"]],
  );
});

const child = (
  program: string,
  pid?: number,
  argv?: readonly string[],
): Observation => ({
  is: "child",
  program,
  ...(pid !== undefined && { pid }),
  ...(argv !== undefined && { argv }),
});

const CHILDREN: readonly (readonly [string, readonly Line[], string[]])[] = [
  ["none", [["a", processLine()]], []],
  ["one that is observed, by its id", [
    ["a", processLine()],
    ["a", child("/usr/bin/python3", 11)],
    ["b", processLine({ pid: 11, parent: 10 })],
  ], []],
  ["one that is not", [
    ["a", processLine()],
    ["a", child("/opt/bin/convert", 11)],
  ], ["convert was not observed"]],
  ["one without an id that is observed", [
    ["a", processLine()],
    ["a", child("python")],
    ["b", processLine({ pid: 11, parent: 10 })],
  ], []],
  ["two without an id, of which one is observed", [
    ["a", processLine()],
    ["a", child("python")],
    ["a", child("python")],
    ["b", processLine({ pid: 11, parent: 10 })],
  ], ["python was not observed"]],
  ["a shell whose own child is observed", [
    ["a", processLine()],
    ["a", child("/bin/sh", 11)],
    ["b", processLine({ pid: 12, parent: 11 })],
  ], ["sh was not observed"]],
  ["texts for a shell", [
    ["a", processLine()],
    ["a", child("git rev-parse HEAD")],
    ["a", child("/usr/bin/convert a.png b.png", 11)],
    ["a", child("cat a | sort > b", 12)],
  ], ["convert was not observed", "sh was not observed"]],
  ["a shell that becomes an observed program", [
    ["a", processLine()],
    ["a", child("/bin/sh", 11, ["run.sh"])],
    ["b", processLine({ pid: 11, parent: 10 })],
  ], ["sh was not observed"]],
  ["a shell that only starts one, and becomes it", [
    ["a", processLine()],
    ["a", child("/bin/sh", 11, ["-c", "python train.py"])],
    ["a", child("python -u train.py", 12)],
    ["b", processLine({ pid: 11, parent: 10 })],
    ["c", processLine({ pid: 12, parent: 10 })],
  ], []],
  ["a script that names its interpreter", [
    ["a", processLine()],
    ["a", child("/opt/bin/torchrun", 11)],
    ["b", processLine({ pid: 11, parent: 10, argv: ["/opt/bin/torchrun"] })],
  ], []],
  ["the program itself becomes another one", [
    ["a", processLine()],
    ["a", child("perl", 10)],
  ], ["perl was not observed"]],
  ["the program itself becomes an isolated one", [
    ["a", processLine()],
    ["a", child("python3", 10)],
  ], ["python3 was not observed"]],
  ["the program itself becomes an observed one", [
    ["a", processLine()],
    ["a", child("python3", 10)],
    ["b", processLine()],
  ], []],
  ["programs that only tell about the machine", [
    ["a", processLine()],
    ["a", child("/usr/bin/git", 11)],
    ["a", child("nvidia-smi")],
  ], []],
];

for (const [name, lines, gaps] of CHILDREN) {
  test(`unobserved: children: ${name}`, () => {
    assertEquals(
      unobserved(runOf(lines), { pid: 10, program: "python" }),
      gaps,
    );
  });
}

const ROOTS: readonly (readonly [
  command: string,
  process: Partial<ProcessSeen>,
  gaps: string[],
])[] = [
  ["python3 train.py", { pid: 11 }, []],
  ["uv run train.py", { pid: 12, parent: 11 }, []],
  ["env A=1 python train.py", { pid: 11 }, []],
  ["env A=1 python -I a.py", { pid: 12, parent: 11 }, [
    "what env started was not observed",
  ]],
  ["/bin/bash run.sh", { pid: 12, parent: 11 }, ["bash was not observed"]],
  ["/bin/bash run.sh", { pid: 11 }, ["bash was not observed"]],
  ["timeout 9 sh run.sh", { pid: 12, parent: 11 }, ["sh was not observed"]],
  ["nice make train", { pid: 11 }, ["make was not observed"]],
  ["/d/train.py 1", { pid: 11, argv: ["/d/train.py", "1"] }, []],
];

for (const [command, over, gaps] of ROOTS) {
  const id = over.pid === 11 ? "its own id" : "another id";
  test(`unobserved: the program itself: ${command}, observed with ${id}`, () => {
    const run = runOf([["a", processLine(over)]]);
    const [program = "", ...argv] = command.split(" ");
    assertEquals(unobserved(run, { pid: 11, program, argv }), gaps);
  });
}

test("unobserved: in a terminal the program is a child of the one that gives it", () => {
  const run = runOf([["a", processLine({ pid: 12, parent: 11 })]]);
  const root = { pid: 11, program: "python", isBelow: true };
  assertEquals(unobserved(run, root), []);
  assertEquals(unobserved(run, { ...root, program: "make" }), [
    "make was not observed",
  ]);
});

const STARTERS: readonly (readonly [string[] | undefined, string[]])[] = [
  [["sh", "-c", "python train.py"], []],
  [["timeout", "9", "python", "train.py"], []],
  [["sh", "run.sh"], ["sh was not observed"]],
  [["sh", "-c", "cut -c1 a > b; python train.py"], ["sh was not observed"]],
  [["make", "-j"], ["make was not observed"]],
  [undefined, ["what started python3.12 was not observed"]],
];

for (const [command, gaps] of STARTERS) {
  test(`unobserved: what is between the program and a process: ${command?.join(" ")}`, () => {
    const run = runOf([["a", processLine({ pid: 13, parent: 12 })]]);
    const end = { pid: 11, command: ["uv"] };
    run.processes[0]!.starters = [{ pid: 12, command }, end];
    assertEquals(unobserved(run, { pid: 11, program: "uv" }), gaps);
  });
}

test("unobserved: a worker whose observer has not started was not observed", () => {
  const process = {
    is: "process",
    pid: 5,
    parent: 1,
    language: "deno",
    version: "2.0.0",
    executable: "/bin/deno",
    argv: [],
    cwd: "/",
    at: 1,
  } as const;
  const named = (others: readonly Observation[]) => {
    const run = new SeenRun();
    run.take("main.jsonl", process);
    run.take("main.jsonl", { is: "child", thread: 7, program: "w.ts" });
    others.forEach((one, at) => run.take(`${at}.jsonl`, one));
    return unobserved(run, { pid: 5, program: "deno" });
  };
  const missing = ["the worker w.ts was not observed"];
  assertEquals(named([]), missing);
  assertEquals(named([{ ...process, thread: 7 }]), []);
  assertEquals(named([{ ...process, thread: 8 }]), missing);
  assertEquals(named([{ ...process, pid: 6, thread: 7 }]), missing);
});
