/** The searches of the file, and one of them. `#/search`, `#/search/ID?within&metric&log&contour&sort&select`. */
import type { VNode } from "preact";
import type {
  StudiesReply,
  StudyLine,
  StudyReply,
} from "../../../search_types.ts";
import { read } from "../../api.ts";
import { useLiveRequest } from "../../live_request.ts";
import { Rows } from "../../parts/section.tsx";
import { Empty, Loaded, Warnings } from "../../parts/states.tsx";
import { link, type Route } from "../../router.ts";
import { number, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { StudyView } from "./study_view.tsx";

/** The page. */
export function searchPage({ route }: PageProps): VNode {
  const [id] = route.parts;
  return id === undefined
    ? <Studies />
    : <OneStudy key={id} id={id} route={route} />;
}

function OneStudy(
  { id, route }: { readonly id: string; readonly route: Route },
): VNode {
  const state = useLiveRequest(
    (signal) => read<StudyReply>("/api/study", { id }, signal),
    [id],
  );
  return (
    <Loaded state={state} what="the search">
      {(study) => <StudyView study={study} route={route} />}
    </Loaded>
  );
}

function StateOf({ study }: { readonly study: StudyLine }): VNode {
  return (
    <>
      <span class={`study-${study.state}`}>{study.state}</span>
      {study.copyOf !== undefined && ", a copy"}
    </>
  );
}

function Studies(): VNode {
  const state = useLiveRequest(
    (signal) => read<StudiesReply>("/api/studies", {}, signal),
    [],
  );
  return (
    <Loaded state={state} what="the searches">
      {(reply) => <StudyList reply={reply} />}
    </Loaded>
  );
}

function StudyList({ reply }: { readonly reply: StudiesReply }): VNode {
  const { studies, warnings } = reply;
  return (
    <>
      <Warnings lines={warnings} />
      {studies.length === 0
        ? (
          <Empty
            title="This file has no searches"
            hint="A search whose journal is in this file is shown as soon as it starts."
          />
        )
        : (
          <>
            <h1>Searches</h1>
            <Rows
              name="searches"
              head={["search", "state", "trials", "objectives", "best"]}
              rows={studies.map((study) => [
                <a key="link" href={link("search", [study.id])}>
                  {shown(study.id)}
                </a>,
                <StateOf key="state" study={study} />,
                study.trials,
                study.objectives.map(({ name, mode }) =>
                  `${mode} ${shown(name)}`
                ).join(", "),
                study.front === undefined
                  ? number(study.best)
                  : `${study.front} in front`,
              ])}
            />
          </>
        )}
    </>
  );
}
