/**
 * A door for what moves whole runs between files: it reads what another place does not have of a run, and writes what
 * this file does not have.
 *
 * @module
 */
export { TravelFile, type TravelRun } from "./file.ts";
export type { Landed } from "./land.ts";
export { mergeWith } from "../merge.ts";
export { byName } from "./read.ts";
export type {
  StreamKind,
  StreamName,
  StreamPart,
  StreamState,
  TravelEdits,
  TravelFactors,
  TravelProgram,
  TravelRecord,
  TravelRow,
  TravelSource,
  TravelState,
  TravelTable,
  TravelValue,
} from "./shape.ts";
export { TRAVEL_TABLES } from "./shape.ts";
export { type Arrived, UnsoundRunError } from "./stage.ts";
export {
  type LandedStudy,
  type StudyHolder,
  StudyLandingError,
  TravelStudies,
  type TravelStudy,
} from "./studies.ts";
export {
  chainEvents,
  NO_EVENTS,
  parsedEvent,
  StudyEventError,
  travelEvent,
  wholeEvent,
} from "./study_event.ts";
