import type { Case } from "../case/case.ts";
import { changeText, number } from "../words.ts";
import { causeText } from "./cause_text.ts";
import { gapText, nothingDiffers } from "./gap_text.ts";
import { allDiffer } from "./names.ts";
import { seedName } from "./seed_text.ts";

/**
 * Writes the answer about runs of which one did not complete.
 *
 * @param known The comparison.
 * @returns its sentences; some may be empty.
 */
export function stoppedEarly(known: Case): string[] {
  const { progress, findings, pair } = known;
  const stopped = progress.stopped.map((name) => stopText(known, name));
  const isSeed = findings.suspects[0]?.kind === "seed";
  const changed = [
    ...findings.suspects.map(changeText),
    ...(isSeed || pair.seeds.length === 0 ? [] : [seedName(known)]),
  ];
  return [
    `${stopped.map(withoutPeriod).join("; ")}.`,
    untilThere(known),
    whatDiffers(known, changed),
  ];
}

/** `Run 2 stopped after step 40: out of memory`. */
function stopText({ progress, a, b }: Case, name: "a" | "b"): string {
  const { status, lastStep, error } = progress[name];
  const isRunning = status === "running";
  const verb = isRunning ? "is still running" : "stopped";
  const where = lastStep === undefined
    ? "before its first metric"
    : `after step ${lastStep}`;
  const reason = error ?? (isRunning ? "" : status);
  return `Run ${{ a, b }[name].id} ${verb} ${where}${
    reason === "" ? "" : `: ${reason}`
  }`;
}

function withoutPeriod(text: string): string {
  return text.replace(/[.\s]+$/, "");
}

function untilThere({ progress: { common }, keys }: Case): string {
  if (common === undefined || keys.length === 0) return "";
  const { step, isEqual, metric } = common;
  if (metric !== undefined) {
    const values = `${number(metric.a)} -> ${number(metric.b)}`;
    return metric.step === step
      ? `At step ${step}, the last that both reached, ${metric.key} already differed (${values}).`
      : `At step ${metric.step}, the last at which both have ${metric.key}, it already differed (${values}).`;
  }
  return isEqual
    ? `At step ${step}, the last that both reached, the metrics were equal.`
    : "";
}

function whatDiffers(known: Case, changed: readonly string[]): string {
  if (changed.length === 0) return nothingDiffers(known);
  // A run between the two told some of them apart.
  return changed.length > 1 && known.findings.step !== undefined
    ? `It goes with ${causeText(known)}${gapText(known)}.`
    : allDiffer(changed);
}
