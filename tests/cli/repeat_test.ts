/** Tests of what `ato repeat` runs, for which user, and when it asks first. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { withFile } from "../../tracker/_with_file.ts";
import { commandOf } from "../examples/_examples.ts";
import { ato, inFolder, type Said } from "./_lib.ts";
import { recordedOnce } from "./_recorded.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** Runs `ato` as a process of a user whose state is in the given folder. */
function as(user: string, folder: string, ...words: string[]): Said {
  const [program, ...rest] = [...CLI, ...words];
  const child = spawnSync(program!, rest, {
    cwd: folder,
    encoding: "utf8",
    input: "",
    env: { ...process.env, XDG_STATE_HOME: join(folder, "state", user) },
  });
  return { code: child.status ?? -1, out: child.stdout, err: child.stderr };
}

/** A program that writes a file in the folder in which it runs. */
const PROGRAM = ["sh", "-c", "echo ran >> trace; echo loss=1"];

const recorded = recordedOnce((folder) => {
  const { code, err } = as("me", folder, "run", "--", ...PROGRAM);
  assertEquals(code, 0, err);
});

async function withRun(
  work: (folder: string, ran: () => number) => Promise<void> | void,
): Promise<void> {
  const folder = recorded();
  const trace = join(folder, "trace");
  await work(
    folder,
    () => readFileSync(trace, "utf8").trimEnd().split("\n").length,
  );
}

/** Changes the environment that the file records for run 1. */
async function forge(
  folder: string,
  change: (environment: Record<string, unknown>) => void,
): Promise<void> {
  await withFile(join(folder, "ato.db"), {}, (connection) => {
    const row = connection.prepare("SELECT environment FROM attempts").get()!;
    const environment = JSON.parse(String(row["environment"]));
    change(environment);
    connection.prepare("UPDATE attempts SET environment = ?").run(
      JSON.stringify(environment),
    );
  });
}

test("ato repeat: a run of the same user is repeated without a question, and its command is shown", async () => {
  await withRun((folder, ran) => {
    const again = as("me", folder, "repeat", "1");
    assertEquals([again.code, ran()], [0, 2], again.err);
    assertStringIncludes(again.err, `ato: cd ${folder} && `);
    assertStringIncludes(again.err, "sh -c 'echo ran >> trace; echo loss=1'");
    const key = join(folder, "state", "me", "ato", "key");
    assertEquals(statSync(key).mode & 0o777, 0o600);
    const file = readFileSync(join(folder, "ato.db"), "latin1");
    const text = readFileSync(key, "utf8").trim();
    assertEquals([text.length, file.includes(text)], [64, false]);
  });
});

test("ato repeat: a run that another user recorded is refused, and runs with --yes", async () => {
  await withRun((folder, ran) => {
    const refused = as("other", folder, "repeat", "1");
    assertEquals([refused.code, refused.out, ran()], [2, "", 1]);
    assertStringIncludes(refused.err, "echo ran >> trace");
    assertStringIncludes(refused.err, "nothing shows that you recorded it");
    assertStringIncludes(refused.err, "--yes");
    assertEquals(as("other", folder, "repeat", "1", "--print").code, 0);
    assertEquals(ran(), 1, "looking runs nothing");
    assertEquals(as("other", folder, "repeat", "1", "--yes").code, 0);
    assertEquals(ran(), 2);
  });
});

test("ato repeat: a merged file is not trusted, but a run of the same user in it is", async () => {
  await withRun((folder, ran) => {
    const stranger = join(folder, "stranger");
    mkdirSync(stranger);
    const evil = ["sh", "-c", "echo evil > ../evil; echo loss=1"];
    assertEquals(as("stranger", stranger, "run", "--", ...evil).code, 0);
    rmSync(join(folder, "evil"));
    const merged = as("me", folder, "merge", join(stranger, "ato.db"));
    assertEquals(merged.code, 0, merged.err);
    const refused = as("me", folder, "repeat", "2");
    assertEquals([refused.code, existsSync(join(folder, "evil"))], [2, false]);

    const copy = join(folder, "copy.db");
    const own = join(folder, "ato.db");
    assertEquals(as("me", folder, "merge", own, "--db", copy).code, 0);
    const again = as("me", folder, "repeat", "1", "--db", copy);
    assertEquals(again.code, 0, again.err);
    assertEquals(ran(), 2, "the seal came along with the run");
  });
});

const FORGERIES: readonly (readonly [
  what: string,
  change: (environment: Record<string, unknown>) => void,
  said: string,
])[] = [
  ["another command", (one) => {
    (one["command"] as string[]).push("; rm -rf x");
  }, "nothing shows that you recorded it"],
  ["another folder", (one) => {
    one["cwd"] = "/";
  }, "nothing shows that you recorded it"],
  ["no seal", (one) => {
    delete one["seal"];
  }, "nothing shows that you recorded it"],
  ["a seal of another length", (one) => {
    one["seal"] = "00";
  }, "nothing shows that you recorded it"],
  ["a seal that is no text", (one) => {
    one["seal"] = { a: 1 };
  }, "nothing shows that you recorded it"],
  ["another host", (one) => {
    one["host"] = `not-${hostname()}`;
  }, `recorded on another host, not-${hostname()}`],
  ["a command that is no list", (one) => {
    one["command"] = "rm -rf x";
  }, "is damaged"],
  ["a command of other things than words", (one) => {
    one["command"] = [1, null];
  }, "is damaged"],
  ["a folder that is none", (one) => {
    one["cwd"] = 7;
  }, "is damaged"],
  ["a folder that is not there", (one) => {
    one["cwd"] = "/not/there\u001b[2J";
  }, "/not/there\\u001b[2J does not exist here"],
];

for (const [what, change, said] of FORGERIES) {
  test(`ato repeat: nothing is run if the file was changed: ${what}`, async () => {
    await withRun(async (folder, ran) => {
      await forge(folder, change);
      const { code, out, err } = as("me", folder, "repeat", "1");
      assertEquals([code, out, ran()], [2, "", 1]);
      assertStringIncludes(err, said);
    });
  });
}

test("ato repeat: another config for a command of the same user needs consent, too", async () => {
  await withRun(async (folder, ran) => {
    await withFile(join(folder, "ato.db"), {}, (connection) => {
      connection.prepare("UPDATE experiments SET config = ?").run(
        '{"hook": "rm -rf x"}',
      );
    });
    assertEquals(as("me", folder, "repeat", "1").code, 2);
    assertEquals(ran(), 1);
  });
});

test("ato repeat: a person is asked, and only yes runs it", async () => {
  await withRun(async (folder, ran) => {
    const db = join(folder, "ato.db");
    await forge(folder, (one) => delete one["seal"]);
    const answers = { "": 1, n: 1, N: 1, yesterday: 1, y: 2, " YES ": 3 };
    for (const [answer, runs] of Object.entries(answers)) {
      let [said, question] = ["", ""];
      const terminal = new Terminal({
        write: () => {},
        warn: (text) => said += text,
        ask: (text) => {
          question = text;
          return Promise.resolve(answer);
        },
      });
      const code = await main(
        ["repeat", "1", "--json", "--db", db],
        terminal,
      );
      assertStringIncludes(question, "nothing shows that you recorded it");
      assertEquals([ran(), said.includes("nothing was run")], [
        runs,
        code === 2,
      ], answer);
    }
  });
});

test("ato repeat: a program that is twice in an older record is started once", async () => {
  await withRun(async (folder) => {
    await forge(folder, (one) => {
      one["command"] = ["/opt/bin/ato", "./ato", "run", "--", "sim"];
    });
    const db = join(folder, "ato.db");
    const { out } = await ato("repeat", "1", "--print", "--json", "--db", db);
    assertEquals(JSON.parse(out).command, ["/opt/bin/ato", "run", "--", "sim"]);
  });
});

test("ato run: a run is recorded without a key, too", async () => {
  await inFolder((folder) => {
    const state = join(folder, "state");
    writeFileSync(state, "a file where the folder should be");
    const { code, err } = as("me", folder, "run", "--", ...PROGRAM);
    assertEquals(code, 0, err);
    assert(existsSync(join(folder, "trace")));
    assertEquals(as("me", folder, "repeat", "1").code, 2);
  });
});

const TWO_RUNS = `
import { SQLLogger } from "${
  new URL("../../", import.meta.url).href
}tracker/mod.ts";
for (const lr of [1, 2]) {
  const logger = new SQLLogger({ lr, experiment: { projectName: "demo", sql: { dbPath: "ato.db" } } });
  await logger.run();
  logger.logMetric("loss", lr, 0);
  await logger.finish();
}
`;

test("ato repeat: of a command that makes several runs, the one with the same config is compared", async () => {
  await inFolder((folder) => {
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    writeFileSync(join(folder, "main.mjs"), TWO_RUNS);
    const [program, ...words] = commandOf(join(folder, "main.mjs"));
    const env = { ...process.env, XDG_STATE_HOME: join(folder, "state", "me") };
    const first = spawnSync(program!, words, { cwd: folder, env });
    assertEquals(first.status, 0, String(first.stderr));
    const { code, out, err } = as("me", folder, "repeat", "2");
    assertStringIncludes(
      out,
      "run 2 is repeatable: run 4 gave the same result",
      err,
    );
    assertEquals(code, 0);
  });
});
