/**
 * Makes a unified diff of two texts.
 *
 * @param name What it is about.
 * @param before The text before.
 * @param after The text after.
 * @returns the diff, without an end of the last line.
 */
export async function unifiedDiff(
  name: string,
  before: string,
  after: string,
): Promise<string> {
  // Only answers about code and inputs need it.
  const { createTwoFilesPatch } = await import("diff");
  const patch = createTwoFilesPatch(name, name, before, after);
  // The first lines are a separator and the names again.
  return patch.split("\n").filter((line) =>
    !line.startsWith("====") && !line.startsWith("Index: ")
  )
    .join("\n").trimEnd();
}
