/** The project that the page is about. */
import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Its name, for the header; a view sets it when it knows. */
export const currentProject: Signal<string | undefined> = signal(undefined);

/** Says which project a view is about; `undefined` while it is not known. */
export function useProject(project: string | undefined): void {
  useEffect(() => {
    if (project !== undefined) currentProject.value = project;
  }, [project]);
}
