import { visible } from "../../internal/visible_text.ts";
import { StudyJournalError } from "./errors.ts";
import type { StudyEvent } from "./events.ts";
import type { StudyState } from "./_state.ts";

/**
 * Applies an event of a journal to the state. The journal can be damaged, so that an event is about a trial that no
 * earlier one started.
 *
 * @param state The state.
 * @param event The event.
 * @param place The name of the study, and the number of the event.
 * @throws {StudyJournalError} If the event does not follow from those before it.
 */
export function applyStored(
  state: StudyState,
  event: StudyEvent,
  { study, index }: { readonly study: string; readonly index: number },
): void {
  try {
    state.apply(event);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StudyJournalError(
      study,
      `Cannot read study ${visible(study)}: event ${index} (${
        visible(String(event.kind))
      }) does not follow from those before it; the journal is damaged, restore a copy of its file`,
    );
  }
}
