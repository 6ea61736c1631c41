/** Names that every MLflow server takes. */
import { createHash } from "node:crypto";

/** The most characters of a name. */
const LONGEST = 250;
/** What takes no part in a name on some server: quotes, brackets, and on Windows the colon. */
const UNSAFE = /[^/\p{L}\p{N}_.\- ]/gu;
/** The end of a name that replaces another. */
const REPLACED = /_[0-9a-f]{16}$/;

/**
 * Returns the name that stands for a text in MLflow. It is the text itself if MLflow takes it; otherwise one that
 * ends with a digest of the text. It depends on the text alone, so names never change, and two texts never share one.
 *
 * @param text The text: a key path, a metric, a tag.
 * @returns the name.
 */
export function mlflowName(text: string): string {
  if (isTaken(text)) return text;
  const digest = createHash("sha256").update(JSON.stringify(text)).digest("hex")
    .slice(0, 16);
  const cleaned = text.toWellFormed().replace(UNSAFE, "_")
    .replace(/\.{2,}|\/{2,}|\/$|^\/|^\.|(?<=\/)\.|\.(?=\/|$)/g, "_");
  const start = [...cleaned].slice(0, 200).join("").replace(/\/+$/, "");
  return `${start}_${digest}`;
}

/**
 * Returns the name of a tag. Names that begin as those of MLflow and ato do have a meaning, so a tag of a user gets
 * another one.
 *
 * @param text The tag.
 * @returns the name.
 */
export function tagName(text: string): string {
  return /^(mlflow|ato)\./i.test(text)
    ? mlflowName(`tag:${text}`)
    : mlflowName(text);
}

/** Whether MLflow takes a text as it is. */
function isTaken(text: string): boolean {
  return text !== "" && text.isWellFormed() && [...text].length <= LONGEST &&
    !new RegExp(UNSAFE, "u").test(text) && !REPLACED.test(text) &&
    !text.startsWith("..") &&
    text.split("/").every((part) =>
      part !== "" && part !== "." && part !== ".."
    );
}
