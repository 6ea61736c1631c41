/// <reference lib="dom" />
/** The frame around every page: the header, and the page that the address names. */
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { read } from "./api.ts";
import type { ProjectsReply } from "../api_types.ts";
import { noteFile } from "./live.ts";
import { useLiveRequest } from "./live_request.ts";
import { PAGES } from "./pages/pages.ts";
import { Header } from "./parts/header.tsx";
import { Empty, Gone, Loaded } from "./parts/states.tsx";
import { type Route, route } from "./router.ts";
import { shown } from "./text.ts";

/** The whole page. */
export function App(): VNode {
  const state = useLiveRequest<ProjectsReply>(
    async (signal) => {
      const reply = await read<ProjectsReply>("/api/projects", {}, signal);
      noteFile(reply.identity);
      return reply;
    },
    [],
  );
  return (
    <>
      {state.status !== "ready" && <Gone />}
      <Loaded state={state} what="the projects">
        {(reply) => <Frame reply={reply} />}
      </Loaded>
    </>
  );
}

function Frame({ reply }: { readonly reply: ProjectsReply }): VNode {
  const { page: name } = route.value;
  const title = titleOf(route.value, reply.file);
  useEffect(() => {
    document.title = title;
  }, [title]);
  // An address can have any word, also one that every object has.
  const page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  const projects = reply.projects.map((one) => one.name);
  return (
    <>
      <Header reply={reply} />
      <Gone />
      <main class={`page page-${name}`}>
        {page === undefined
          ? (
            <Empty
              title="There is no such page"
              hint="The link may be from another version of Ato."
            />
          )
          : projects.length === 0 && name !== "search"
          ? (
            <Empty
              title="There are no runs yet"
              hint="The page shows them as soon as a run starts."
            />
          )
          : page({ route: route.value, projects })}
      </main>
    </>
  );
}

/** The name of a view for tabs, bookmarks and the list of what was visited: `Run 41 · runs.db · Ato`. */
function titleOf({ page, parts }: Route, file: string): string {
  const text = parts.map(shown).join(page === "why" ? " and " : " ");
  const name = Object.hasOwn(TITLES, page) ? TITLES[page] : undefined;
  const view = name === undefined ? [] : [`${name} ${text}`.trim()];
  return [...view, shown(file), "Ato"].join(" · ");
}

const TITLES: Readonly<Record<string, string>> = {
  runs: "Runs",
  run: "Run",
  compare: "Compare",
  why: "Why",
  history: "History",
  search: "Search",
};
