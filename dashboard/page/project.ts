/** The project that the page is about. */
import { type Signal, signal } from "@preact/signals";

/** Its name, for the header; a view sets it when it knows. */
export const currentProject: Signal<string | undefined> = signal(undefined);
