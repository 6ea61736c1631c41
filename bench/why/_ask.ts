/** Asks `ato` in this process. */
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";

/** What a command wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs `ato` with the words.
 *
 * @param db The database.
 * @param words The command and its words.
 * @returns what it wrote.
 */
export async function ask(
  db: string,
  ...words: readonly string[]
): Promise<Said> {
  let [out, err] = ["", ""];
  const terminal = new Terminal({
    write: (text) => void (out += text),
    warn: (text) => void (err += text),
  });
  const code = await main([...words, "--db", db], terminal);
  return { code, out, err };
}
