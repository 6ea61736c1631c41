/** Four processes that write into one file, with and without a dashboard that someone looks at. */
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { withPage } from "../tests/dashboard/_browser.ts";
import { runtimeArgs } from "../tests/_shared/run_script.ts";

const [WRITERS, POINTS, ROUNDS] = [4, 30_000, 5];

/** Microseconds of CPU time for each point, the least of all rounds; they take turns. */
export async function writersBeside(
  db: string,
  serve: (db: string) => Promise<{
    readonly url: string;
    readonly child: { kill(signal: "SIGTERM"): void };
  }>,
): Promise<{ readonly alone: number; readonly beside: number }> {
  const alone: number[] = [];
  const beside: number[] = [];
  await writeAll(db);
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await writeAll(db));
    const { url, child } = await serve(db);
    try {
      await withPage(`${url}#/runs/writers`, async (page) => {
        await page.locator(".table-row").first().waitFor();
        beside.push(await writeAll(db));
      });
    } finally {
      child.kill("SIGTERM");
    }
  }
  return { alone: Math.min(...alone), beside: Math.min(...beside) };
}

async function writeAll(db: string): Promise<number> {
  const spent = await Promise.all(
    Array.from({ length: WRITERS }, () => write(db)),
  );
  const sum = spent.reduce((all, one) => all + one, 0);
  return sum * 1000 / (WRITERS * POINTS);
}

function write(db: string): Promise<number> {
  const script = fileURLToPath(
    new URL("_dashboard_writer.ts", import.meta.url),
  );
  const words = [...runtimeArgs("run"), script, db, String(POINTS)];
  return new Promise((done, fail) =>
    execFile(
      process.execPath,
      words,
      (error, text) => error ? fail(error) : done(Number(text)),
    )
  );
}
