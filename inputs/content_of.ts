/**
 * The content of what a program names itself.
 *
 * @module
 */
import type { InputContent, SeenRead } from "../internal/run_inputs.ts";
import { contentOfFolder } from "./_list_folder.ts";
import { stateOfUrl } from "./_url_state.ts";
import { InputHasher } from "./hasher.ts";
import { hashingProgress } from "./progress.ts";

type Files = Omit<NonNullable<SeenRead["listing"]>, "isWhole">;

/** One for the whole program: files are hashed one after the other. */
let hasher: InputHasher | undefined;

/**
 * Finds out what a file, a folder or an address is now. What takes longer than two seconds has a line on stderr, if
 * that is a terminal.
 *
 * @param read What is named.
 * @returns its content; the promise is never rejected.
 */
export async function contentOf(read: SeenRead): Promise<InputContent> {
  if (read.kind === "url") return await stateOfUrl(read.path);
  hasher ??= new InputHasher({ progress: hashingProgress() });
  if (read.kind !== "folder") return await hasher.hashNow(read);
  const own = hasher;
  const { files, problems } = await filesOf(read);
  return {
    problems,
    files: files.map((file) => ({
      ...file,
      content: file.content ?? own.hashNow(file),
    })),
  };
}

/** The files of a folder, those that were hashed when the program named it with what they were then. */
async function filesOf(folder: SeenRead): Promise<Files> {
  const { listing } = folder;
  if (listing?.isWhole) return listing;
  const { files, problems } = await contentOfFolder(folder);
  const all = [...files, ...listing?.files ?? []];
  return {
    problems,
    files: [...new Map(all.map((file) => [file.path, file])).values()],
  };
}
