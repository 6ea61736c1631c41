/** Who sends a run has it for itself, and gives back what is still its own. */
import { test } from "node:test";
import { assertEquals, assertMatch } from "@std/assert";
import { type SyncEvent, syncRuns, type SyncTarget } from "@ato/ato/sync";
import { openForWriting } from "../../tracker/mod.ts";
import { filesIn, inFolder, record } from "./_lib.ts";

test("a run that another process took over meanwhile is not given back by the one that was silent", async () => {
  await inFolder(async (folder) => {
    const [dbPath] = filesIn(folder, "runs") as [string];
    await record(dbPath);
    const other = { host: "other", bootId: null, pid: 9, pidStart: null };
    const target: SyncTarget = {
      kind: "test",
      address: "test://place",
      // As if this process had slept for so long that it counted as gone.
      async send() {
        const connection = await openForWriting(`${dbPath}.sync`);
        connection.prepare("UPDATE sent_runs SET holder = ?")
          .run(JSON.stringify({ ...other, at: Date.now() }));
        connection.close();
        return { changed: true };
      },
    };
    const events: SyncEvent[] = [];
    const onEvent = (event: SyncEvent) => events.push(event);
    await syncRuns(target, { dbPath, onEvent });
    // There is something new to send.
    const connection = await openForWriting(`${dbPath}.sync`);
    connection.exec("UPDATE sent_runs SET revision = 'older'");
    connection.close();
    const { left } = await syncRuns(target, { dbPath, onEvent });
    assertEquals(left.length, 1);
    assertMatch(left[0]!.reason, /^process 9 on other is sending it$/);
  });
});
