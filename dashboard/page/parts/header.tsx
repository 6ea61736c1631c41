/// <reference lib="dom" />
/** The line at the top: the file, the project, whether the page is live. */
import type { VNode } from "preact";
import type { ProjectsReply } from "../../api_types.ts";
import { connection } from "../live.ts";
import { currentProject } from "../project.ts";
import { go, link } from "../router.ts";
import { shown } from "../text.ts";

/** The header. */
export function Header({ reply }: { readonly reply: ProjectsReply }): VNode {
  const project = currentProject.value;
  return (
    <header class="header">
      <a
        class="brand"
        href={link("runs", project === undefined ? [] : [project])}
      >
        Ato
      </a>
      <a href={link("search")}>Searches</a>
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
      {project !== undefined && (
        <a href={link("history", [project])}>
          History
        </a>
      )}
      <span class={`live live-${connection.value}`} role="status">
        {connection.value === "open" ? "live" : "not connected"}
      </span>
    </header>
  );
}
