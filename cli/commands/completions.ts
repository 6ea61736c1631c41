import { type Command, EXIT, UsageError } from "../command.ts";
import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** The command `ato completions`. */
export const completions: Command = {
  name: "completions",
  summary: "Print a script that makes a shell complete commands and options",
  usage: "ato completions bash|zsh|fish",
  examples: [
    ["source <(ato completions bash)", "in ~/.bashrc"],
    ["ato completions zsh > ~/.zfunc/_ato", "a folder of $fpath"],
    [
      "ato completions fish > ~/.config/fish/completions/ato.fish",
      "fish finds it there",
    ],
  ],
  async run({ words, terminal, commands }) {
    const [shell, ...more] = words;
    const known = SHELLS.find((name) => name === shell);
    if (known === undefined || more.length > 0) {
      const guess = shell && nearestName(shell, [...SHELLS]);
      throw new UsageError(
        `Cannot complete for ${visible(shell ?? "no shell")}: ` +
          (guess ? `did you mean ${guess}?` : `name ${SHELLS.join(", ")}`),
      );
    }
    const { completionScript } = await import("../completion_script.ts");
    const script = completionScript(known, await commands()).trimEnd();
    for (const line of script.split("\n")) terminal.data(line);
    return EXIT.ok;
  },
};
