/** Tests of what `ato repeat` runs: the program as it was, in a mirror that leaves the project alone. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { withFile } from "../../tracker/_with_file.ts";
import { commandOf } from "../examples/_examples.ts";
import { inFolder, type Said } from "./_lib.ts";
import { recordedOnce } from "./_recorded.ts";

const isDeno = navigator.userAgent.startsWith("Deno/");
const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** A program of two files that writes a file where it runs. */
const MAIN = `import { writeFileSync } from "node:fs";
import { value } from "./lib/value.mjs";
writeFileSync("written.txt", "by the program");
const scale = Number((process.argv[2] ?? "scale=1").slice("scale=".length));
console.log("loss=" + (value() * scale + Number(process.env.BOOST ?? 0)));
`;
const VALUE = (loss: number) => `export const value = () => ${loss};\n`;
const EDITED = VALUE(7);

/** A project outside of the folder for temporary files, in which the mirrors are. */
interface Project {
  readonly folder: string;
  readonly ato: (...words: string[]) => Said;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
}

function projectIn(top: string): Project {
  const folder = join(top, "app");
  for (const name of ["app/lib", "tmp"]) {
    mkdirSync(join(top, name), { recursive: true });
  }
  const env = {
    ...process.env,
    TMPDIR: join(top, "tmp"),
    XDG_STATE_HOME: join(top, "state"),
    NO_COLOR: "1",
  };
  return {
    folder,
    ato(...words) {
      const [program, ...rest] = [...CLI, ...words];
      const child = spawnSync(program!, rest, {
        cwd: folder,
        encoding: "utf8",
        input: "",
        env,
      });
      return { code: child.status ?? -1, out: child.stdout, err: child.stderr };
    },
    write: (path, text) => writeFileSync(join(folder, path), text),
    read: (path) => readFileSync(join(folder, path), "utf8"),
  };
}

function inProject(
  work: (project: Project) => Promise<void> | void,
): Promise<void> {
  return inFolder((top) => work(projectIn(top)));
}

const recorded = recordedOnce((top) => {
  const project = projectIn(top);
  project.write("main.mjs", MAIN);
  project.write("lib/value.mjs", VALUE(2));
  const runtime = isDeno
    ? [process.execPath, "run", "-A", "-q", "--no-config"]
    : [process.execPath];
  const { code, err } = project.ato("run", "--", ...runtime, "main.mjs");
  assertEquals(code, 0, err);
});

/** Calls a test with a recorded run of the program, whose module was edited afterwards. */
async function inEdited(
  work: (project: Project) => Promise<void> | void,
): Promise<void> {
  const project = projectIn(recorded());
  project.write("lib/value.mjs", EDITED);
  project.write("written.txt", "by hand");
  await work(project);
}

const answer = ({ out, err }: Said) => {
  assert(out.startsWith("{"), out + err);
  return JSON.parse(out);
};

test("ato repeat: an edit after the run is not part of the repeat, and the project's files are untouched", async () => {
  await inEdited(({ ato, read, folder }) => {
    // A reader leaves the files beside a database that SQLite keeps there.
    const files = () =>
      readdirSync(folder).filter((name) => !name.startsWith("ato.db-")).sort();
    const before = files();
    const was = ato("repeat", "1");
    assertEquals(was.code, 0, was.out + was.err);
    assertMatch(was.out, /^run 1 is repeatable: run 2 gave the same result$/m);
    assertEquals(read("lib/value.mjs"), EDITED);
    assertEquals(read("written.txt"), "by hand");
    assertEquals(files(), before);
    const [, mirror = ""] =
      /^ato: the project as it was is in (.+)$/m.exec(was.err) ?? [];
    assertEquals(
      readFileSync(join(mirror, "written.txt"), "utf8"),
      "by the program",
    );
    assertEquals(
      readFileSync(join(mirror, "lib/value.mjs"), "utf8"),
      VALUE(2),
    );
    // What the run recorded are the project's paths: its repeat can be repeated.
    const again = ato("repeat", "2");
    assertEquals(again.code, 0, again.out + again.err);
    assertStringIncludes(again.err, `ato: cd ${folder} && `);
  });
});

test("ato repeat --here: today's code runs in the folder of the run, and the edit is what differs", async () => {
  await inEdited(({ ato, read }) => {
    const here = ato("repeat", "1", "--here", "--json");
    const { outcome, repeatable, metric, suspects } = answer(here);
    assertEquals([here.code, outcome, repeatable], [1, "explained", false]);
    assertEquals([metric.key, metric.a, metric.b], ["loss", 2, 7]);
    assertEquals(suspects.map(({ id }: { id: string }) => id), [
      "code:lib/value.mjs#value",
    ]);
    assertMatch(suspects[0].diff, /^\+.*=> 7/m);
    assertEquals(read("written.txt"), "by the program");
  });
});

test("ato repeat --runs N: each is a run of the program as it was", async () => {
  await inEdited(({ ato }) => {
    const three = ato("repeat", "1", "--runs", "3", "--json");
    const { runs, repeatable, repeats, b } = answer(three);
    assertEquals([three.code, runs, repeatable], [0, [2, 3, 4], true]);
    // The compared pair is never its own yardstick.
    assertEquals([...repeats.a.runs, b], [1, 2, 3, 4]);
    const text = ato("repeat", "1", "--runs", "2");
    assertMatch(
      text.out,
      /^run 1 is repeatable: runs 5, 6 gave the same result$/m,
    );
  });
});

test("ato repeat --env: sets a variable, which is the cause if the program reads it", async () => {
  await inEdited(({ ato }) => {
    const boosted = ato("repeat", "1", "--env", "BOOST=10", "--json");
    const { metric, suspects, coverage } = answer(boosted);
    assertEquals([boosted.code, metric.a, metric.b], [1, 2, 12]);
    const ids = suspects.map(({ id }: { id: string }) => id);
    assertEquals([ids, coverage.inputs.level], [["env:BOOST"], "full"]);
  });
});

test("ato repeat RUN WORD: the words are added to the command of the run as it was", async () => {
  await inEdited(({ ato }) => {
    const scaled = ato("repeat", "1", "scale=3", "--json");
    const { metric, suspects } = answer(scaled);
    assertEquals([scaled.code, metric.b], [1, 6]);
    assertEquals(suspects.map(({ id }: { id: string }) => id), [
      "config:args.scale",
    ]);
  });
});

test("ato repeat: the script of a shell runs as it was, and what is not recorded of it is said", async () => {
  await inProject(({ ato, write }) => {
    write("script.sh", "echo loss=1\n");
    assertEquals(ato("run", "--", "sh", "script.sh").code, 0);
    write("script.sh", "echo loss=5\n");
    const was = ato("repeat", "1");
    assertEquals(was.code, 0, was.out + was.err);
    assertStringIncludes(
      was.err,
      "not as it was: the programs that script.sh starts are not recorded yet",
    );
    assertEquals(ato("repeat", "1", "--here").code, 1);
  });
});

test("ato repeat: a run without a program says so, and today's code is run", async () => {
  await inProject(({ ato, folder }) => {
    const words = ["sh", "-c", "echo ran >> trace; echo loss=1"];
    assertEquals(ato("run", "--", ...words).code, 0);
    const { code, err } = ato("repeat", "1");
    assertEquals(code, 0, err);
    assertStringIncludes(
      err,
      "ato: run 1 did not record its code; today's code is run\n",
    );
    assertEquals(readFileSync(join(folder, "trace"), "utf8"), "ran\nran\n");
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Changes the stored program, with the hash that belongs to it. */
function forgeProgram(
  folder: string,
  change: (program: { modules: { path: string; sha256: string }[] }) => void,
): Promise<void> {
  return withFile(join(folder, "ato.db"), {}, (connection) => {
    const row = connection.prepare("SELECT detail FROM programs").get()!;
    const text = inflateSync(row["detail"] as Uint8Array).toString("utf8");
    const program = JSON.parse(text);
    change(program);
    const detail = JSON.stringify(program);
    const hash = sha256(detail);
    connection.prepare("UPDATE programs SET hash = ?, detail = ?")
      .run(hash, deflateSync(detail));
  });
}

/** Paths that a stored program must not make `ato` write. */
const OUTSIDE: readonly string[] = [
  "/tmp/ato-hostile.mjs",
  "lib/../../../../hostile.mjs",
  "lib//hostile.mjs",
  "./hostile.mjs",
  "..",
  "",
  `${"../".repeat(9)}hostile.mjs`,
  "../\u001b[2J\0hostile.mjs",
];

test("ato repeat: a stored path that leads out of the mirror is refused in one sentence, and nothing is run", async () => {
  for (const path of OUTSIDE) {
    await inEdited(async ({ ato, folder, read }) => {
      await forgeProgram(folder, ({ modules }) => {
        modules.at(-1)!.path = path;
      });
      const { code, out, err } = ato("repeat", "1");
      assertEquals([code, out], [2, ""], JSON.stringify(path) + err);
      assert(!/^ +at /m.test(err), err);
      assert(!err.includes("\u001b"), JSON.stringify(err));
      const last = err.trimEnd().split("\n").at(-1);
      assertMatch(last ?? "", /^Cannot (mirror|repeat|read) /);
      assertEquals(read("written.txt"), "by hand");
      assert(!existsSync(join(folder, "hostile.mjs")));
    });
  }
});

test("ato repeat: a stored text that is not the recorded one is refused, and --here still works", async () => {
  await inEdited(async ({ ato, folder, read }) => {
    await withFile(join(folder, "ato.db"), {}, (connection) => {
      connection.prepare("UPDATE texts SET content = ?")
        .run(deflateSync("console.log('hostile')"));
    });
    const { code, out, err } = ato("repeat", "1");
    assertEquals([code, out], [2, ""], err);
    assert(!/^ +at /m.test(err), err);
    assertEquals(read("written.txt"), "by hand");
    assertEquals(ato("repeat", "1", "--here").code, 1);
  });
});

test(
  "ato repeat: other code for a command of the same user needs consent, too",
  async () => {
    await inEdited(async ({ ato, folder }) => {
      const hostile = "import { writeFileSync } from 'node:fs';\n" +
        `writeFileSync(${JSON.stringify(join(folder, "hostile"))}, "");\n` +
        VALUE(2);
      await forgeProgram(folder, ({ modules }) => {
        modules.at(-1)!.sha256 = sha256(hostile);
      });
      await withFile(join(folder, "ato.db"), {}, (connection) => {
        connection.prepare("INSERT INTO texts (sha256, content) VALUES (?, ?)")
          .run(sha256(hostile), deflateSync(hostile));
      });
      const { code } = ato("repeat", "1");
      assertEquals([code, existsSync(join(folder, "hostile"))], [2, false]);
    });
  },
);
