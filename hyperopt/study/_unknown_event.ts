/**
 * Ends every `switch` over the kinds of events: a new kind is a compile error in each of them until it
 * has a case there. At run time an event of a newer version changes nothing.
 *
 * @param _event An event of a kind that has no case.
 */
export function unknownEvent(_event: never): undefined {
  return undefined;
}
