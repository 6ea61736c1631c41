/**
 * Opens the hub of an address.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { nearestName } from "../../internal/names.ts";
import { HubError, shownUrl } from "./errors.ts";
import { FolderStore } from "./folder_store.ts";
import { Hub } from "./_hub.ts";
import type { HubStore } from "./store.ts";

const SCHEMES = [
  "file",
  "postgres",
  "postgresql",
  "s3",
  "s3+http",
  "s3+https",
] as const;

/**
 * Returns the store of an address, which need not be there yet.
 *
 * @param url A folder, `file:///folder`, `postgres://user@host/database`, `s3://bucket/folder`, or
 * `s3+https://host/bucket/folder`.
 * @returns the store.
 * @throws {HubError} If the address is none of them.
 */
export async function storeOf(url: string): Promise<HubStore> {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  // One letter is a drive of Windows.
  if (scheme === undefined || scheme.length === 1) {
    if (url === "") {
      throw new HubError("Cannot open a hub: its address is empty", {
        problem: "usage",
      });
    }
    return new FolderStore(url);
  }
  if (scheme === "file") return new FolderStore(folderOf(url));
  if (scheme === "postgres" || scheme === "postgresql") {
    const { PostgresStore } = await import("./postgres_store.ts");
    return new PostgresStore(url);
  }
  if (/^s3(?:\+https?)?$/.test(scheme)) {
    const { S3Store } = await import("./s3/s3_store.ts");
    return new S3Store(url);
  }
  const guess = nearestName(scheme, SCHEMES);
  throw new HubError(
    `Cannot open ${
      shownUrl(url)
    }: a hub is a folder, postgres://user@host/database or s3://bucket/folder` +
      (guess === undefined ? "" : `; did you mean ${guess}://?`),
    { problem: "usage" },
  );
}

function folderOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new HubError(
      `Cannot open ${
        shownUrl(url)
      }: it is not the address of a folder; write file:///folder`,
      { problem: "usage", cause },
    );
  }
}

/**
 * Opens a hub.
 *
 * @param url Its address, as for {@linkcode storeOf}.
 * @returns the hub; close it when it is no longer needed.
 * @throws {HubError} If there is none, or it cannot be reached.
 */
export async function openHub(url: string): Promise<Hub> {
  return await openOn(await storeOf(url));
}

/**
 * Opens the hub of a store, and closes the store if there is none.
 *
 * @throws {HubError} If there is none, or it cannot be reached.
 */
export async function openOn(store: HubStore): Promise<Hub> {
  try {
    return await Hub.open(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}
