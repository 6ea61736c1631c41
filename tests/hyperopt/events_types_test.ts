/** A new kind of event is a compile error in every fold over a study's events. */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import type { StudyEvent } from "@ato/ato/hyperopt";
import { assertEquals } from "@std/assert";
import { unknownEvent } from "../../hyperopt/study/_unknown_event.ts";

/** A kind of event that no fold knows. */
interface PausedEvent {
  readonly kind: "paused";
  readonly at: number;
}

/** A fold like those of a study: it has a case for every kind, and ends in `unknownEvent`. */
function fold(event: StudyEvent | PausedEvent): string | undefined {
  switch (event.kind) {
    case "opened":
    case "started":
    case "reused":
    case "absent":
    case "reported":
    case "extended":
    case "completed":
    case "stopped":
    case "failed":
    case "lost":
    case "released":
    case "dropped":
    case "settled":
    case "enqueued":
    case "warmed":
    case "linked":
    case "exhausted":
    case "closed":
      return event.kind;
    default:
      // @ts-expect-error: the new kind has no case
      return unknownEvent(event);
  }
}

test("StudyEvent: a kind without a case is a compile error, and changes nothing at run time", () => {
  assertEquals(fold({ kind: "closed", at: 1 }), "closed");
  assertEquals(fold({ kind: "paused", at: 1 }), undefined);
});

test("StudyEvent: every switch over its kinds ends in the check of the compiler", () => {
  const folder = new URL("../../hyperopt/", import.meta.url);
  const folds = readdirSync(folder, { recursive: true }).map(String)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => path.replaceAll("\\", "/"))
    .map((path) => ({
      path,
      text: readFileSync(new URL(path, folder), "utf8"),
    }))
    .filter(({ text }) => text.includes("switch (event.kind)"));
  assertEquals(folds.map(({ path }) => path).sort(), [
    "study/_event_codec.ts",
    "study/_feed.ts",
    "study/_state.ts",
  ]);
  for (const { path, text } of folds) {
    assertEquals(
      text.split("switch (event.kind)").length,
      text.split(/default:\s+return unknownEvent\(event\)/).length,
      path,
    );
  }
});
