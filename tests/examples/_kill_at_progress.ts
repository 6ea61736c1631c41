/**
 * Loaded before a script that shows its progress: kills the process with the first line of it. A test that waits for
 * the line may hear of it when the script has ended.
 */
import process from "node:process";

const { stderr } = process;
const write = stderr.write.bind(stderr) as (text: string) => boolean;

stderr.write = (text: unknown): boolean => {
  if (/^\d+ of \d+,/.test(String(text))) {
    process.kill(process.pid, "SIGKILL");
    // The signal may take a moment.
    for (;;);
  }
  return write(String(text));
};
