/** Writes a text that a command made into a file that the user named. */
import type { Invocation } from "../command.ts";

/**
 * Writes a file. It replaces no file that ato did not write, unless `--force` is given, and never the database.
 *
 * @param path The file.
 * @param text Its content.
 * @param invocation The command's database and options.
 */
export async function writeOurs(
  path: string,
  text: string,
  { dbPath, options }: Invocation,
): Promise<void> {
  const [{ isOurExport }, { writeText }] = await Promise.all([
    import("../export/ours.ts"),
    import("../export/sink.ts"),
  ]);
  const output = {
    database: await dbPath(),
    force: options.force === true,
    isOurs: isOurExport,
  };
  await writeText(path, output, text);
}
