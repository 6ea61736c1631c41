/** Tests of whose code `ato repeat` runs: a file can come from anywhere and contain any code. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Connection } from "../../tracker/driver.ts";
import { withFile } from "../../tracker/_with_file.ts";
import { commandOf } from "../examples/_examples.ts";
import { inFolder, type Said } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** Runs `ato` as a process of a user whose state is in the folder. */
function ato(folder: string, ...words: string[]): Said {
  const [program, ...rest] = [...CLI, ...words];
  const child = spawnSync(program!, rest, {
    cwd: folder,
    encoding: "utf8",
    input: "",
    env: { ...process.env, XDG_STATE_HOME: join(folder, "state") },
  });
  return { code: child.status ?? -1, out: child.stdout, err: child.stderr };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Runs a script, of which the file then has another text, with hashes that fit. */
async function withForgedScript(
  script: string,
  work: (folder: string) => void,
): Promise<void> {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "run.sh"), "echo loss=1\n");
    const { code, err } = ato(folder, "run", "--", "sh", "run.sh");
    assertEquals(code, 0, err);
    await withFile(join(folder, "ato.db"), {}, (connection) => {
      forge(connection, script);
    });
    work(folder);
  });
}

function forge(connection: Connection, script: string): void {
  const row = connection.prepare("SELECT id, detail FROM programs").get()!;
  const text = new TextDecoder().decode(
    inflateSync(row["detail"] as Uint8Array),
  );
  const program = JSON.parse(text);
  program.modules[0].sha256 = sha256(script);
  const detail = JSON.stringify(program);
  connection.prepare("UPDATE programs SET hash = ?, detail = ? WHERE id = ?")
    .run(sha256(detail), deflateSync(detail), row["id"]!);
  connection.prepare("INSERT INTO texts (sha256, content) VALUES (?, ?)")
    .run(sha256(script), deflateSync(script));
}

const EVIL = "echo evil > evil; echo loss=1\n";

test("ato repeat: code that was changed in the file is not run without asking", async () => {
  await withForgedScript(EVIL, (folder) => {
    const refused = ato(folder, "repeat", "1");
    assertEquals([refused.code, refused.out], [2, ""]);
    assertStringIncludes(
      refused.err,
      "nothing shows that you recorded its code",
    );
    assertStringIncludes(refused.err, "--yes");
    assertEquals(existsSync(join(folder, "evil")), false);
  });
});

test("ato repeat --here: today's code of the user's own run needs no consent", async () => {
  await withForgedScript(EVIL, (folder) => {
    const again = ato(folder, "repeat", "1", "--here");
    assertEquals(again.code, 0, again.err);
    assertEquals(existsSync(join(folder, "evil")), false);
  });
});

test("ato repeat --yes: the code of the file is run in a mirror, not in the project", async () => {
  await withForgedScript(EVIL, (folder) => {
    const again = ato(folder, "repeat", "1", "--yes");
    const mirror = /the project as it was is in (.+)$/m.exec(again.err)?.[1];
    assertEquals(readFileSync(join(mirror!, "evil"), "utf8"), "evil\n");
    assertEquals(existsSync(join(folder, "evil")), false);
    assertEquals(
      readFileSync(join(folder, "run.sh"), "utf8"),
      "echo loss=1\n",
    );
    rmSync(join(mirror!, ".."), { recursive: true });
  });
});

test("ato repeat: a stored text that is not what its hash says is not run", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "run.sh"), "echo loss=1\n");
    ato(folder, "run", "--", "sh", "run.sh");
    await withFile(join(folder, "ato.db"), {}, (connection) => {
      connection.prepare("UPDATE texts SET content = ?").run(deflateSync(EVIL));
    });
    const refused = ato(folder, "repeat", "1", "--yes");
    assertEquals(refused.code, 2, refused.err);
    assertStringIncludes(refused.err, "run.sh is damaged");
    assertEquals(existsSync(join(folder, "evil")), false);
  });
});
