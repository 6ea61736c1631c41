/** What `ato run` records of a program's output, what `ato logs` shows of it, and the terminal of the program. */
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { visibleOutput } from "../../internal/visible_text.ts";
import { PYTHON } from "../_shared/python.ts";
import { commandOf } from "../examples/_examples.ts";
import { soon, until } from "../_shared/patience.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));
const ESC = "\u001b";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Runs `ato` as a person in a terminal would see it. */
async function inTerminal(...args: string[]): Promise<string> {
  let out = "";
  const write = (text: string) => out += text;
  const options = { write, warn: write, interactive: true, color: true };
  await main(args, new Terminal(options));
  return out;
}

test("ato logs: shows both streams in their order, one of them, the last lines, or JSON", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "ato.db");
    await makeRun(db, {
      more: (logger) => {
        logger.logConsole("stdout", bytes("one\ntwo\n"));
        logger.logConsole("stderr", bytes("a warning\n"));
        logger.logConsole("stdout", bytes("thr"));
        logger.logConsole("stdout", bytes("ee\nfour"));
      },
    });
    const shown = async (...words: string[]) =>
      (await ato("logs", "1", ...words, "--db", db)).out;
    assertEquals(await shown(), "one\ntwo\na warning\nthree\nfour");
    assertEquals(await shown("--stream", "stdout"), "one\ntwo\nthree\nfour");
    assertEquals(await shown("--stream", "stderr"), "a warning\n");
    assertEquals(await shown("--tail", "1"), "four");
    assertEquals(await shown("--tail", "2"), "three\nfour");
    assertEquals(
      await shown("--tail", "2", "--stream", "stdout"),
      "three\nfour",
    );
    assertEquals(
      await shown("--tail", "1", "--stream", "stderr"),
      "a warning\n",
    );
    assertEquals(await shown("--tail", "99"), await shown());
    const { parts } = JSON.parse(await shown("--json"));
    assertEquals(
      parts.map((
        part: { stream: string; text: string },
      ) => [part.stream, part.text])[1],
      ["stderr", "a warning\n"],
    );
  });
});

test("ato logs: says when there is no output, and what it does not understand", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "ato.db");
    await makeRun(db);
    const cases: [string[], number, string][] = [
      [["1"], 0, "no output of run 1 is recorded"],
      [[], 2, "no run is named"],
      [["1", "2"], 2, "name one run"],
      [["7"], 1, "7"],
      [["1", "--stream", "stdour"], 2, "did you mean stdout?"],
      [["1", "--tail", "0"], 2, "--tail"],
    ];
    for (const [words, code, part] of cases) {
      const said = await ato("logs", ...words, "--db", db);
      assertEquals([said.code, said.out], [code, ""], words.join(" "));
      assertStringIncludes(said.err, part);
    }
  });
});

test("ato logs: nothing that was printed controls the terminal of the reader, and a pipe gets it unchanged", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "ato.db");
    const text =
      `${ESC}[31mred${ESC}[0m ${ESC}]0;title\u0007 ${ESC}[2J\u0000 ü\n`;
    await makeRun(db, {
      more: (logger) => {
        const all = bytes(text);
        // The two bytes of the letter are in two pieces.
        logger.logConsole("stdout", all.subarray(0, -2));
        logger.logConsole("stdout", all.subarray(-2));
      },
    });
    const shown = await inTerminal("logs", "1", "--db", db);
    assertEquals(
      shown,
      `${ESC}[31mred${ESC}[0m \\u001b]0;title\\u0007 \\u001b[2J\\u0000 ü\n`,
    );
    const piped: Uint8Array[] = [];
    const terminal = new Terminal({
      write: () => {},
      warn: () => {},
      writeBytes: (part) => piped.push(part),
    });
    await main(["logs", "1", "--db", db], terminal);
    assertEquals(new TextDecoder().decode(Buffer.concat(piped)), text);
  });
});

test("visibleOutput: without colours no escape character stays", () => {
  const text = `${ESC}[1;31mred${ESC}[0m\r50%\tx\n`;
  assertEquals(visibleOutput(text, { color: false }), "red\r50%\tx\n");
  assertEquals(visibleOutput(text, { color: true }), text);
});

/** A program that prints to both streams, and waits for a file before it ends. */
const PROGRAM = `
import { existsSync } from "node:fs";
console.log("started loss=0.5");
console.error("working");
while (process.argv[2] && !existsSync(process.argv[2])) await new Promise((f) => setTimeout(f, 50));
console.log("ended");
`;

/** Makes the program, and the command that runs it under `ato run`. */
function runCommand(folder: string, ...words: string[]): string[] {
  const path = join(folder, "program.mjs");
  writeFileSync(
    path,
    PROGRAM.replace(/^/, 'import process from "node:process";'),
  );
  const isDeno = navigator.userAgent.startsWith("Deno/");
  const program = isDeno
    ? [process.execPath, "run", "-A", "-q", "--no-config", path]
    : [process.execPath, path];
  return [...CLI, "run", "--", ...program, ...words];
}

test("ato logs --follow: shows what a running program prints, and ends with it", async () => {
  await inFolder(async (folder) => {
    const go = join(folder, "go");
    const [program, ...words] = runCommand(folder, go);
    const running = spawn(program!, words, { cwd: folder, stdio: "ignore" });
    const ended = new Promise<void>((done) =>
      running.once("exit", () => done())
    );
    const db = join(folder, "ato.db");
    let out = "";
    try {
      await until(
        async () =>
          existsSync(db) &&
          (await ato("logs", "1", "--db", db)).out.includes("started"),
        () => "the output of the running program was not recorded",
      );
      const write = (text: string) => {
        out += text;
        if (out.includes("started")) writeFileSync(go, "");
      };
      const following = main(
        ["logs", "1", "-f", "--db", db],
        new Terminal({ write, warn: write }),
      );
      await soon(
        Promise.all([following, ended]),
        () => `logs -f did not end: ${out}`,
      );
    } finally {
      // After a failure, too, the program must end: the signal is passed on to it.
      running.kill("SIGTERM");
    }
    assertMatch(
      out,
      /^started loss=0\.5\n(?:working\nended|ended\nworking)\n$|^working\nstarted loss=0\.5\nended\n$/,
    );
  });
});

/** A program that says whether it has a terminal, and its size. */
const ASKS =
  "if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then echo terminal $(stty size); else echo none; fi; echo shell $SHELL; exit 7";

test("ato run: the program has a terminal where its output goes to one, and none in a pipe", async () => {
  if (
    process.platform !== "linux" ||
    spawnSync("script", ["--version"]).status !== 0
  ) {
    return console.log("skipped: script of util-linux is not here");
  }
  await inFolder(async (folder) => {
    const command = [...CLI, "run", "--", "sh", "-c", ASKS];
    const [program, ...words] = command;
    const options = { cwd: folder, encoding: "utf8" } as const;
    const piped = spawnSync(program!, words, options);
    assertEquals([piped.status, piped.stdout.split("\n")[0]], [7, "none"]);
    const line = `stty cols 91 rows 17; ${
      command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")
    }; echo code $?`;
    const { stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
      ...options,
      env: { ...process.env, SHELL: "/bin/bash" },
    });
    assertStringIncludes(stdout, "terminal 17 91");
    assertStringIncludes(stdout, "shell /bin/bash");
    assertStringIncludes(stdout, "code 7");
    const { out } = await ato("logs", "2", "--db", join(folder, "ato.db"));
    assertStringIncludes(out, "terminal 17 91");
    const shown = await ato("show", "2", "--db", join(folder, "ato.db"));
    assert(shown.out.includes("exit code 7"), shown.out);
  });
});

test("ato run: a program in a terminal is observed like one without", async () => {
  if (
    process.platform !== "linux" ||
    spawnSync("script", ["--version"]).status !== 0
  ) {
    return console.log("skipped: script of util-linux is not here");
  }
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "a.txt"), "1");
    const command = [...CLI, "run", "--", PYTHON, "-c", "open('a.txt').read()"];
    const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
      .join(" ");
    spawnSync("script", ["-qec", line, "/dev/null"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const { out } = await ato(
      ...["inputs", "1", "--json", "--db", join(folder, "ato.db")],
    );
    const { inputs, coverage } = JSON.parse(out);
    assertEquals(inputs.map(({ name }: { name: string }) => name), ["a.txt"]);
    assertEquals(coverage, { level: "full", missing: [] });
  });
});
