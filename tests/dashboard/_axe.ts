/** Looks for what people with a screen reader, a keyboard or weak eyes cannot use. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Returns the serious findings on a page as it is now, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Not as a script of the page, whose policy refuses it.
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      resultTypes: ["violations"],
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) =>
          `${id}: ${help}: ${target.join(" ")}: ${failureSummary ?? ""}`
        )
      );
  });
}
