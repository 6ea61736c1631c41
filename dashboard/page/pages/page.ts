/** What a page is. */
import type { VNode } from "preact";
import type { Route } from "../router.ts";

/** What every page gets. */
export interface PageProps {
  /** The address: what is shown, and how. */
  readonly route: Route;
  /** The projects of the file; there is at least one. */
  readonly projects: readonly string[];
}

/** A page. */
export type Page = (props: PageProps) => VNode;
