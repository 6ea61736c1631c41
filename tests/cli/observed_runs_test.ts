/** Tests of what `ato run` records of programs that end badly, are killed, or cannot be observed. */
import { test } from "node:test";
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Coverage } from "../../internal/run_factors.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { PYTHON } from "../_shared/python.ts";
import { commandOf } from "../examples/_examples.ts";
import { soon, until } from "../_shared/patience.ts";
import { ato, inFolder } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** What a file has of a run. */
async function recorded(db: string, id = 1): Promise<{
  readonly status: string | undefined;
  readonly inputs: readonly string[];
  readonly coverage: Coverage | undefined;
}> {
  const finder = new SQLFinder(db);
  try {
    const found = await finder.inputsOf(id);
    const run = await finder.findRun(id);
    return {
      status: run?.status,
      inputs: found?.inputs.map(({ name }) => name).sort() ?? [],
      coverage: found?.coverage,
    };
  } finally {
    await finder.close();
  }
}

/** Writes a script in Python with a file that it can read, and returns its path. */
function python(folder: string, lines: string): string {
  writeFileSync(join(folder, "pyproject.toml"), "");
  writeFileSync(join(folder, "data.txt"), "1\n");
  const path = join(folder, "train.py");
  writeFileSync(
    path,
    `import os, signal, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
data = os.path.join(here, "data.txt")
${lines}
`,
  );
  return path;
}

const ENDINGS: readonly (readonly [string, string, number, string])[] = [
  ["fails", "open(data).read()\nraise ValueError('no')", 1, "failed"],
  [
    "kills itself",
    "open(data).read()\nos.kill(os.getpid(), signal.SIGKILL)",
    137,
    "failed",
  ],
  [
    "prints a lot",
    "open(data).read()\nsys.stdout.write('x' * 99 + '\\n')\nfor i in range(20000): print('line', i)",
    0,
    "completed",
  ],
];

for (const [what, lines, code, status] of ENDINGS) {
  test(`ato run: a program that ${what} leaves what it read`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const said = await ato(
        ...["run", "--json", "--db", db, "--", PYTHON, python(folder, lines)],
      );
      assertEquals(said.code, code, said.err);
      assertEquals(await recorded(db), {
        status,
        inputs: ["data.txt"],
        coverage: { level: "full", missing: [] },
      });
    });
  });
}

const MADE: readonly (readonly [string, string, readonly string[], boolean])[] =
  [
    [
      "by a child that is taken to read nothing",
      "subprocess.run(['git', 'config', '-f', made, 'a.b', 'c'], check=True)\ntime.sleep(1.2)",
      ["data.txt", "made.ini"],
      false,
    ],
    [
      "by the program itself",
      "open(made, 'w').write('c')",
      ["data.txt"],
      true,
    ],
  ];
for (const [what, line, inputs, isFull] of MADE) {
  test(`ato run: a file that was made meanwhile ${what} is ${isFull ? "no input" : "a doubtful input"}`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const script = python(
        folder,
        `made = os.path.join(here, "made.ini")\nopen(data).read()\n${line}\nopen(made).read()`,
      );
      const said = await ato("run", "--db", db, "--", PYTHON, script);
      assertEquals(said.code, 0, said.err);
      const found = await recorded(db);
      assertEquals(found.inputs, inputs);
      assertEquals(
        found.coverage,
        isFull ? { level: "full", missing: [] } : {
          level: "partial",
          missing: [
            "made.ini: it was written while the run was going on, by what was not observed",
          ],
        },
      );
    });
  });
}

test("ato run: a program that is interrupted leaves what it read, and no folder stays", async () => {
  await inFolder(async (folder) => {
    const script = python(
      folder,
      "open(data).read()\nprint('ready', flush=True)\ntime.sleep(600)",
    );
    const db = join(folder, "runs.db");
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    const [program, ...words] = [...CLI, "run", "--db", db, "--"];
    const child = spawn(program!, [...words, PYTHON, script], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, TMPDIR: temporary },
    });
    child.stdout.once("data", () => process.kill(child.pid!, "SIGINT"));
    try {
      const code = await soon(
        new Promise((done) => child.on("close", done)),
        () => "ato run did not end",
      );
      assertEquals(code, 130);
    } finally {
      child.kill("SIGKILL");
    }
    assertEquals(await recorded(db), {
      status: "interrupted",
      inputs: ["data.txt"],
      coverage: { level: "full", missing: [] },
    });
    assertEquals(readdirSync(temporary), []);
  });
});

test("ato run: an ato run that is killed leaves what was seen until then, and says so", async () => {
  await inFolder(async (folder) => {
    const script = python(
      folder,
      `open(data).read()
print(os.getpid(), flush=True)
time.sleep(600)`,
    );
    const db = join(folder, "runs.db");
    const [program, ...words] = [...CLI, "run", "--db", db, "--"];
    const child = spawn(program!, [...words, PYTHON, script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let pid = 0;
    child.stdout.once("data", (text) => pid = Number(String(text)));
    try {
      let early: Awaited<ReturnType<typeof recorded>> | undefined;
      await until(async () => {
        early = existsSync(db) ? await recorded(db) : undefined;
        return early?.inputs.length === 1;
      }, () => "nothing was recorded while the program ran");
      assertEquals([early?.status, early?.inputs], ["running", ["data.txt"]]);
      assertEquals(early?.coverage, {
        level: "partial",
        missing: ["the run was still going on"],
      });
    } finally {
      child.kill("SIGKILL");
      if (pid > 0) process.kill(pid, "SIGKILL");
    }
  });
});

test("ato run: of an ato run that is killed at once, nothing counts as completely recorded but the machine", async () => {
  await inFolder(async (folder) => {
    const script = python(
      folder,
      `import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=0.1)
parser.add_argument('--wait', action='store_true')
lr = parser.parse_args().lr
open(data).read()
print(os.getpid(), flush=True)
time.sleep(600 if os.path.exists(here + '/wait') else 0)`,
    );
    writeFileSync(join(folder, "wait"), "");
    const db = join(folder, "runs.db");
    const [program, ...words] = [...CLI, "run", "--db", db, "--"];
    const begin = performance.now();
    const child = spawn(program!, [...words, PYTHON, script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text: unknown;
    try {
      text = await soon(
        new Promise((done) => child.stdout.once("data", done)),
        () => "the program printed nothing",
      );
    } finally {
      child.kill("SIGKILL");
    }
    // What was seen in the first three seconds is recorded then, and a slow machine may need them to start a program.
    const isAtOnce = performance.now() - begin < 3_000;
    process.kill(Number(String(text)), "SIGKILL");
    rmSync(join(folder, "wait"));
    await ato("run", "--json", "--db", db, "--", PYTHON, script);
    const finder = new SQLFinder(db);
    try {
      const [killed, whole] = await Promise.all(
        [1, 2].map(async (id) => (await finder.factorsOf(id))!.coverage),
      );
      const still = ["the run was still going on"];
      assertEquals(killed?.config, { level: "partial", missing: still });
      assertEquals(killed?.code.level, "partial");
      assertEquals(killed?.code.missing.slice(-1), still);
      const level = isAtOnce ? "none" : killed?.inputs.level;
      assert(level === "none" || level === "partial", level);
      assertEquals(killed?.inputs, { level, missing: still });
      const { config, inputs, code } = whole!;
      assertEquals([config.level, inputs.level], ["full", "full"]);
      assert(!code.missing.includes(still[0]!), code.missing.join());
    } finally {
      await finder.close();
    }
    const why = JSON.parse(
      (await ato("why", "--json", "--db", db, "1", "2")).out,
    );
    assertEquals(why.coverage.config.level, "partial");
    const said = (await ato("why", "--db", db, "1", "2")).out;
    assert(!/same config|config is the same/i.test(said), said);
    assertMatch(said, /still going on/);
  });
});

const UNSEEN: readonly (readonly [string, string, RegExp])[] = [
  [
    "a child that cannot be observed",
    "subprocess.run(['/bin/sh', '-c', 'cat ' + data + ' | sort'])",
    /^sh was not observed$/,
  ],
  [
    "a Python that is isolated",
    "subprocess.run([sys.executable, '-I', '-c', 'pass'])",
    /^python\S* was not observed$/,
  ],
  [
    "a shell that reads and then becomes Python",
    "subprocess.run(['/bin/sh', '-c', f'read x < {data}; exec {sys.executable} -c pass'])",
    /^sh was not observed$/,
  ],
  [
    "a program that becomes another one",
    "open(data).read()\nos.execv('/bin/cat', ['cat', data])",
    /^cat was not observed$/,
  ],
];

for (const [what, lines, phrase] of UNSEEN) {
  test(`ato run: ${what} makes inputs partial`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const script = python(folder, `${lines}\nopen(data).read()`);
      await ato("run", "--json", "--db", db, "--", PYTHON, script);
      const { inputs, coverage } = await recorded(db);
      assertEquals([inputs, coverage?.level], [["data.txt"], "partial"]);
      assertEquals(coverage?.missing.length, 1, `${coverage?.missing}`);
      assertMatch(coverage?.missing[0] ?? "", phrase);
    });
  });
}

test(
  "ato run: inputs are never full if the program removes the folder of the launch",
  {
    skip: process.platform !== "linux",
  },
  async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const script = python(
        folder,
        `import shutil
open(data).read()
start = open('/proc/self/environ').read().split('\\0')
shutil.rmtree(os.path.dirname(dict(one.split('=', 1) for one in start if one)['ATO_OBSERVE']))
open(data + '.2', 'w').write('1')
print('done')`,
      );
      const { code } = await ato(
        "run",
        "--json",
        "--db",
        db,
        "--",
        PYTHON,
        script,
      );
      const { coverage } = await recorded(db);
      assertEquals(code, 0);
      assert(coverage?.level !== "full", coverage?.level);
      assertMatch(
        coverage?.missing.join() ?? "",
        /some observations are lost: /,
      );
    });
  },
);

const isDeno = navigator.userAgent.startsWith("Deno/");
const FROM_INPUT = "what is read from standard input is not recorded";

/** What a program does with a pipe that is its standard input, and what its inputs then lack. */
const PIPES: readonly (readonly [string, string[], string, string[]])[] = [
  ["reads it", [PYTHON, "-c"], "import sys; sys.stdin.readline()", [
    FROM_INPUT,
  ]],
  ["reads its descriptor", [PYTHON, "-c"], "import os; os.read(0, 9)", [
    FROM_INPUT,
  ]],
  [
    "looks at it, and reads another pipe of its own",
    [PYTHON, "-c"],
    "import os, sys; sys.stdin.isatty(); r, w = os.pipe(); os.write(w, b'1'); os.read(r, 1)",
    [],
  ],
  ["reads it", [], "for await (const _ of process.stdin);", [FROM_INPUT]],
  ["reads its descriptor", [], "fs.readFileSync(0)", [FROM_INPUT]],
  ["looks at it", [], "process.stdin.isTTY", []],
];

for (const [what, command, text, missing] of PIPES) {
  const language = command.length > 0 ? "Python" : "a script";
  test(`ato run: ${language} that ${what}: ${missing.join() || "inputs are full"}`, async () => {
    await inFolder(async (folder) => {
      const script = join(folder, "a.mjs");
      writeFileSync(
        script,
        `import fs from "node:fs"; import process from "node:process";\n${text}`,
      );
      const own = isDeno
        ? [process.execPath, "run", "-A", "--no-config", script]
        : [process.execPath, script];
      const words = command.length > 0 ? [...command, text] : own;
      const db = join(folder, "runs.db");
      const [program, ...rest] = [...CLI, "run", "--db", db, "--", ...words];
      const { status, stderr } = spawnSync(program!, rest, {
        cwd: folder,
        input: "hello\n",
        encoding: "utf8",
      });
      assertEquals(status, 0, stderr);
      assertEquals((await recorded(db)).coverage?.missing, missing);
    });
  });
}

test("ato run: children that are observed, and programs that only tell about the machine, leave inputs full", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    writeFileSync(join(folder, "more.txt"), "2\n");
    const script = python(
      folder,
      `import shutil
subprocess.run(['uname'], stdout=subprocess.DEVNULL)
more = os.path.join(here, 'more.txt')
subprocess.run([sys.executable, '-c', f'open({more!r}).read(); open({more!r} + ".out", "w").write("x")'])
open(more + ".out").read()
open(data).read()`,
    );
    await ato("run", "--json", "--db", db, "--", PYTHON, script);
    const { inputs, coverage } = await recorded(db);
    assertEquals(coverage, { level: "full", missing: [] });
    // What a process of the run wrote before another one read it is an output.
    assertEquals(inputs, ["data.txt", "more.txt"]);
  });
});

const NOTHING: readonly (readonly [
  string,
  (folder: string) => string[],
  RegExp,
])[] = [
  [
    "a program in another language",
    () => ["ls", "/"],
    /^what ls reads was not observed: only programs in Python, Node and Deno can be observed$/,
  ],
  [
    "a runtime that starts no script",
    () => [process.execPath, "--version"],
    /^what (?:node|deno) reads was not observed: no observer was loaded into it, /,
  ],
  [
    "an isolated Python",
    (folder) => [PYTHON, "-I", python(folder, "")],
    /^what python\S* reads was not observed: with -I, Python loads no observer$/,
  ],
];

for (const [what, command, phrase] of NOTHING) {
  test(`ato run: inputs of ${what} are none, with the reason`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      const words = command(folder);
      const { code } = await ato("run", "--json", "--db", db, "--", ...words);
      assertEquals(code, 0);
      const { inputs, coverage } = await recorded(db);
      assertEquals([inputs, coverage?.level], [[], "none"]);
      assertMatch(coverage?.missing[0] ?? "", phrase);
    });
  });
}

test("ato run --no-observe: nothing is loaded into the program, and inputs say so", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = python(
      folder,
      "open(data).read()\nprint(os.environ.get('ATO_OBSERVE'), 'sitecustomize' in sys.modules)",
    );
    await ato(
      ...["run", "--json", "--no-observe", "--db", db, "--", PYTHON, script],
    );
    const { inputs, coverage } = await recorded(db);
    assertEquals([inputs, coverage?.level], [[], "none"]);
    assertMatch(coverage?.missing[0] ?? "", /: observing was off$/);
  });
});

test("ato run: a file that the program changes after it read it counts as it was", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = python(
      folder,
      "open(data).read()\nopen(data, 'w').write('2\\n')",
    );
    const run = () => ato("run", "--json", "--db", db, "--", PYTHON, script);
    await run();
    await run();
    const finder = new SQLFinder(db);
    const hashes = await Promise.all(
      [1, 2].map(async (id) =>
        (await finder.factorsOf(id))?.factors.get("input:data.txt")
      ),
    );
    await finder.close();
    assertMatch(hashes[0] ?? "", /^sha256:4355a46b/);
    assertMatch(hashes[1] ?? "", /^sha256:53c234e5/);
  });
});

test("ato run: a secret of the command is nowhere in the database, and why still sees it change", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = python(
      folder,
      `import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--api-key')
parser.add_argument('--copy')
parser.add_argument('--url')
parser.add_argument('--set', action='append')
args = parser.parse_args()
sys.stderr.write(f'the key is {args.api_key}\\n')
print(f'loss={len(args.api_key)}')
sys.exit(1)`,
    );
    const secrets = ["sk-one-0123456789", "sk-two-01234567890"];
    const more = ["user-9876", "pass-9876", "sign-9876", "set-9876"];
    const url = `http://${more[0]}:${more[1]}@h/a?n=1&signature=${more[2]}`;
    for (const secret of secrets) {
      const given = ["--api-key", secret, `--copy=${secret}`];
      given.push("--url", url, "--set", `password=${more[3]}`);
      await ato("run", "--json", "--db", db, "--", PYTHON, script, ...given);
    }
    const finder = new SQLFinder(db);
    const run = await finder.findRun(1);
    assertEquals(
      run?.config["args"] as unknown,
      {
        words: [script],
        api_key: "***",
        copy: "***",
        url: "http://***@h/a?n=1&signature=***",
        set: ["password=***"],
      },
    );
    await finder.close();
    // What the program printed is kept as it is, until it is erased.
    await ato("gc", "--sources", "--vacuum", "--db", db);
    for (const name of readdirSync(folder)) {
      if (!name.startsWith("runs.db")) continue;
      const bytes = readFileSync(join(folder, name), "latin1");
      for (const secret of [...secrets, ...more]) {
        assert(!bytes.includes(secret), `${secret} is in ${name}`);
      }
    }
    const { out } = await ato("why", "1", "2", "--json", "--db", db);
    const ids = JSON.parse(out).suspects.map(({ id }: { id: string }) => id);
    assertEquals(ids.slice(0, 1), ["config:args.api_key"]);
  });
});

test("ato run: the program of a module that Python runs, though the command names no file", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    mkdirSync(join(folder, "pkg"));
    writeFileSync(join(folder, "pyproject.toml"), "");
    writeFileSync(join(folder, "pkg", "__init__.py"), "");
    writeFileSync(
      join(folder, "pkg", "main.py"),
      "from pkg.part import f\nf()\n",
    );
    writeFileSync(
      join(folder, "pkg", "part.py"),
      "def f():\n    print('loss=1')\n",
    );
    const shell = `cd ${JSON.stringify(folder)} && exec ${PYTHON} -m pkg.main`;
    await ato("run", "--json", "--db", db, "--", "sh", "-c", shell);
    const finder = new SQLFinder(db);
    const program = await finder.programOf(1);
    const factors = await finder.factorsOf(1);
    await finder.close();
    assertEquals(program?.entry, "pkg/main.py");
    assertEquals(program?.modules.map(({ path }) => path).sort(), [
      "pkg/__init__.py",
      "pkg/main.py",
      "pkg/part.py",
    ]);
    assertEquals(factors?.coverage.code, { level: "full", missing: [] });
    assert(factors?.factors.has("code:pkg/part.py#f"));
    assert(factors?.factors.has("package:python"));
  });
});

test("ato run: a script of a shell and the programs that it starts are one program, which is not complete", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = python(folder, "print(open(data).read())");
    const shell = join(folder, "run.sh");
    writeFileSync(
      shell,
      `cat ${script} > ${script}.copy\n${PYTHON} ${script}\n`,
    );
    await ato("run", "--json", "--db", db, "--", "sh", shell);
    const finder = new SQLFinder(db);
    const program = await finder.programOf(1);
    await finder.close();
    assertEquals(program?.modules.map(({ path }) => path), [
      "run.sh",
      "train.py",
    ]);
    assertEquals(program?.coverage, {
      level: "partial",
      missing: [
        "of the programs that run.sh starts, only the observed ones are recorded",
      ],
    });
    const { inputs, coverage } = await recorded(db);
    assertEquals(inputs, ["data.txt"]);
    assertEquals(coverage, {
      level: "partial",
      missing: ["sh was not observed"],
    });
  });
});

/** Modules of a worker of Deno, and what the coverage of inputs then lacks. */
const DENO_WORKERS: readonly (readonly [string, string, string, string[]])[] = [
  [
    "that reads",
    "Deno.readTextFileSync(new URL('data.txt', import.meta.url)); self.postMessage(1)",
    "worker.onmessage = () => worker.terminate()",
    [],
  ],
  [
    "that asks whether it is the main module",
    "if (import.meta.main) Deno.readTextFileSync(new URL('data.txt', import.meta.url)); self.postMessage(1)",
    "worker.onmessage = () => worker.terminate()",
    ["the worker worker.ts is not observed"],
  ],
];

for (const [what, worker, then, missing] of DENO_WORKERS) {
  test(
    `ato run: a worker of Deno ${what}: ${missing.join() || "inputs are full"}`,
    {
      skip: !isDeno,
    },
    async () => {
      await inFolder(async (folder) => {
        const script = join(folder, "main.ts");
        writeFileSync(join(folder, "data.txt"), "1");
        writeFileSync(join(folder, "worker.ts"), worker);
        writeFileSync(
          script,
          `Deno.readTextFileSync(new URL("data.txt", import.meta.url));
        const url = new URL("worker.ts", import.meta.url);
        const worker = new Worker(url, { type: "module" });
        ${then};`,
        );
        const db = join(folder, "runs.db");
        const words = [process.execPath, "run", "-A", "--no-config", script];
        const { code } = await ato("run", "--db", db, "--", ...words);
        assertEquals(code, 0);
        const { inputs, coverage } = await recorded(db);
        assertEquals([inputs, coverage?.missing], [["data.txt"], missing]);
      });
    },
  );
}

/** Configs of Deno, and what of a program is recorded. */
const DENO_CONFIGS: readonly (readonly [
  what: string,
  config: Readonly<Record<string, unknown>>,
  words: readonly string[],
  level: string,
  missing?: RegExp,
])[] = [
  [
    "a program whose import map has a key for all files",
    { imports: { "/": "./", "./": "./" } },
    ["run", "-A", "main.mjs"],
    "none",
    /an import map has a key for all files/,
  ],
  [
    "a program with another import map",
    { imports: { "lib/": "./lib/" } },
    ["run", "-A", "main.mjs"],
    "full",
  ],
  [
    "a task without the permission to write",
    { tasks: { go: "deno run --allow-read main.mjs" } },
    ["task", "go"],
    "none",
    /a task is observed only if its deno has -A or may write to .*--allow-write=/,
  ],
  [
    "a task with the permission to write to the folder for temporary files",
    {
      tasks: { go: `deno run --allow-read --allow-write=${tmpdir()} main.mjs` },
    },
    ["task", "go"],
    "full",
  ],
];

for (const [what, config, words, level, missing] of DENO_CONFIGS) {
  test(
    `ato run: inputs of ${what} are ${level}`,
    { skip: !isDeno },
    async () => {
      await inFolder((folder) => {
        writeFileSync(join(folder, "deno.json"), JSON.stringify(config));
        writeFileSync(join(folder, "data.txt"), "1");
        writeFileSync(
          join(folder, "main.mjs"),
          `console.log("read", Deno.readTextFileSync("data.txt"));`,
        );
        const db = join(folder, "runs.db");
        const [program, ...rest] = [...CLI, "run", "--db", db, "--"];
        const { status, stdout, stderr } = spawnSync(
          program!,
          [...rest, process.execPath, ...words],
          {
            cwd: folder,
            encoding: "utf8",
            env: { ...process.env, NO_COLOR: "1" },
          },
        );
        assertEquals([status, stdout], [0, "read 1\n"], stderr);
        return recorded(db).then(({ coverage }) => {
          assertEquals(coverage?.level, level, coverage?.missing.join());
          if (missing !== undefined) {
            assertMatch(coverage!.missing[0]!, missing);
          }
        });
      });
    },
  );
}
