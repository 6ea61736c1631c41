import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import { readConfig } from "./read_config.ts";

/** `ato config hash`: prints the structural hash of each file. */
export async function hashFiles(
  files: readonly string[],
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const hashes: { file: string; hash: string }[] = [];
  for (const file of files) {
    const config = await readConfig(file);
    hashes.push({ file, hash: await config.getStructuralHash() });
  }
  if (json) terminal.json(hashes);
  else {
    for (const { file, hash } of hashes) {
      terminal.line(`${hash}  ${visible(file)}`);
    }
  }
  return EXIT.ok;
}
