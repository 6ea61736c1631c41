/** All pages, by the first word of their address. To add one, write its folder and name it here. */
import type { Page } from "./page.ts";
import { comparePage } from "./compare/compare_page.tsx";
import { historyPage } from "./history/history_page.tsx";
import { runPage } from "./run/run_page.tsx";
import { runsPage } from "./runs/runs_page.tsx";
import { searchPage } from "./search/search_page.tsx";
import { whyPage } from "./why/why_page.tsx";

/** The pages. */
export const PAGES: Readonly<Record<string, Page>> = {
  runs: runsPage,
  run: runPage,
  compare: comparePage,
  why: whyPage,
  history: historyPage,
  search: searchPage,
};
