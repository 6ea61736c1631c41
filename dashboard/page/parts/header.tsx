/// <reference lib="dom" />
/** The line at the top: the file, the project, whether the page is live. */
import type { VNode } from "preact";
import type { ProjectsReply } from "../../api_types.ts";
import { connection } from "../live.ts";
import { currentProject } from "../project.ts";
import { go, link, route } from "../router.ts";
import { shown } from "../text.ts";

/** The header. */
export function Header({ reply }: { readonly reply: ProjectsReply }): VNode {
  const project = currentProject.value;
  const of = project === undefined ? [] : [project];
  return (
    <header class="header">
      <a class="brand" href={link("runs", of)}>
        Ato
      </a>
      <span class="file" title="The file">{shown(reply.file)}</span>
      {reply.projects.length > 0 && (
        <select
          aria-label="Project"
          value={project ?? ""}
          onChange={(event) => go(link("runs", [event.currentTarget.value]))}
        >
          {project === undefined && (
            <option value="" disabled>Project …</option>
          )}
          {reply.projects.map(({ name }) => (
            <option key={name} value={name}>{shown(name)}</option>
          ))}
        </select>
      )}
      <nav class="nav" aria-label="Pages">
        <Place page="runs" href={link("runs", of)}>Runs</Place>
        {project !== undefined && (
          <Place page="history" href={link("history", of)}>History</Place>
        )}
        <Place page="search" href={link("search")}>Searches</Place>
      </nav>
      <span class={`live live-${connection.value}`} role="status">
        {connection.value === "open" ? "live" : "not connected"}
      </span>
    </header>
  );
}

/** A link to a page; the one that is shown is marked. */
function Place({ page, href, children }: {
  readonly page: string;
  readonly href: string;
  readonly children: string;
}): VNode {
  const isHere = route.value.page === page;
  return (
    <a href={href} {...(isHere && { "aria-current": "page" })}>{children}</a>
  );
}
