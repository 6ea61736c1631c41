import {
  CommandLineError,
  UnknownKeyError,
  UnknownViewError,
  ViewChainError,
} from "./errors.ts";
import { getProcess } from "../internal/runtime.ts";

/** Whether an error is about the command line, so that a stack trace does not help. */
export function isMistake(error: unknown): error is Error {
  return error instanceof CommandLineError ||
    error instanceof UnknownViewError ||
    error instanceof UnknownKeyError || error instanceof ViewChainError;
}

/** Prints what is wrong with the command line and ends the process with status 2. */
export function reportMistake(error: Error): never {
  console.error(error.message);
  if (error instanceof CommandLineError) console.error(error.excerpt);
  return getProcess().exit(2);
}
