/** The frame around every page: the header, and the page that the address names. */
import type { VNode } from "preact";
import { read } from "./api.ts";
import type { ProjectsReply } from "../api_types.ts";
import { useLiveRequest } from "./live_request.ts";
import { PAGES } from "./pages/pages.ts";
import { Header } from "./parts/header.tsx";
import { Empty, Loaded } from "./parts/states.tsx";
import { route } from "./router.ts";

/** The whole page. */
export function App(): VNode {
  const state = useLiveRequest<ProjectsReply>(
    (signal) => read("/api/projects", {}, signal),
    [],
  );
  return (
    <Loaded state={state} what="the projects">
      {(reply) => <Frame reply={reply} />}
    </Loaded>
  );
}

function Frame({ reply }: { readonly reply: ProjectsReply }): VNode {
  const { page: name } = route.value;
  const page = PAGES[name];
  const projects = reply.projects.map((one) => one.name);
  return (
    <>
      <Header reply={reply} />
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
