/** What all processes of a shared search must have in common. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { attempt } from "../../internal/attempt.ts";
import { sha256HexSync } from "../../internal/digest.ts";
import { isRecord } from "../../internal/objects.ts";
import { getProcess } from "../../internal/runtime.ts";
import { VERSION } from "../../internal/version.ts";
import { visible } from "../../internal/visible_text.ts";
import { SearchUsageError } from "../errors.ts";
import type { SearchBackend } from "../distributed/backend.ts";
import type { CheckedOptions, StudyOptions } from "../study/options.ts";
import { signatureOf } from "../study/_stored_config.ts";

/** The name of the journal that has the agreement. */
export const ABOUT = "about";
/** The version of what the processes tell each other. */
const PROTOCOL = 1;

/** The terms, each as a text. A term that this process does not know is left out. */
export type Agreement = Readonly<Record<string, string>>;

/** What each term is in a sentence, and how to make it the same. */
const TERMS: Readonly<Record<string, string>> = {
  protocol: "version of the messages",
  ato: "version of Ato",
  script: "version of the script",
  kind: "kind of search",
};

/** Returns the terms of a study. */
export function agreementOf<C>(
  study: StudyOptions<C>,
  checked: CheckedOptions,
  script: string | undefined,
): Agreement {
  const { goal, seed, order, width, duplicates } = checked;
  const text = (value: unknown) => JSON.stringify(value) ?? "none";
  return {
    kind: "study",
    protocol: `${PROTOCOL}`,
    ato: VERSION,
    ...(script !== undefined && { script }),
    ...(goal.objectives === undefined
      ? { metric: goal.metric, mode: goal.mode }
      : { objectives: text(goal.objectives) }),
    constraints: text(goal.constraints),
    space: signatureOf(study.space),
    sampler: study.sampler.name,
    scheduler: study.scheduler.name,
    plan: text(study.scheduler.plan()),
    seed: text(seed),
    order,
    ...(order === "logical" && { width: `${width}` }),
    duplicates,
    budget: text(checked.budget),
    retries: `${checked.retries}`,
    losses: `${checked.losses}`,
  };
}

/**
 * Returns the version of the script: the hash of its text and of that of the objective's module.
 *
 * @param module The module of the objective, if it has one.
 * @returns the hash; `undefined` if a text cannot be read, so that nothing is known about it.
 */
export function scriptVersion(module: string | undefined): string | undefined {
  const main = getProcess().argv[1];
  const paths = [main, module && pathOf(module)];
  const texts = [...new Set(paths)].filter((path) => path !== undefined)
    .map((path) =>
      attempt(() => readFileSync(path, "utf8"), { name: "read", path })
    );
  return texts.length === 0 || texts.includes(undefined)
    ? undefined
    : sha256HexSync(texts.join("\0"));
}

function pathOf(module: string): string | undefined {
  return module.startsWith("file:") ? fileURLToPath(module) : undefined;
}

/**
 * Agrees with the processes of a search: the terms of the first one count.
 *
 * @throws {SearchUsageError} If a term of this process is another one.
 */
export async function agree(
  backend: SearchBackend,
  terms: Agreement,
): Promise<void> {
  const about = backend.journalNamed(ABOUT);
  if (await about.append("agreement", JSON.stringify(terms))) return;
  const first = await readAgreement(backend);
  for (const name of new Set([...Object.keys(first), ...Object.keys(terms)])) {
    const [theirs, ours] = [first[name], terms[name]];
    // A script that could not be read is not known to be the same, nor to be another one.
    if (theirs === ours || name === "script" && (!theirs || !ours)) continue;
    const what = TERMS[name] ?? name;
    const isLong = (theirs?.length ?? 0) + (ours?.length ?? 0) > 160;
    throw new SearchUsageError(
      "engine",
      `Cannot take part in search ${visible(backend.searchId)}: its ${what} ${
        isLong ? "" : `is ${visible(theirs ?? "none")}, and `
      }differs from that of this process${
        isLong ? "" : `, ${visible(ours ?? "none")}`
      }; start all processes from the same script, or choose another search id`,
    );
  }
}

/** Reads the terms of a search; none if no process has begun it. */
export async function readAgreement(
  backend: SearchBackend,
): Promise<Agreement> {
  const [entry] = await backend.journalNamed(ABOUT).read(0, {
    wait: 0,
    limit: 1,
  });
  const terms = entry === undefined ? {} : parse(entry.value);
  if (!isRecord(terms)) return {};
  return Object.fromEntries(
    Object.entries(terms).map(([name, term]) => [name, String(term)]),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not one that Ato wrote; a process that compares its terms with it is refused.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
