import { type Block, readBlocks } from "./_indented.ts";
import type { Lock, Locked, LockQuery } from "./lock.ts";

/** The parts in which `pnpm-lock.yaml` says who uses what. */
const PARTS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
] as const;

/** Reads `pnpm-lock.yaml`, of pnpm 7 (version 5.4) and newer. */
export function pnpmLock(text: string): Lock {
  const root = readBlocks(text, new Set(["importers", ...PARTS]));
  return { find: (query) => find(root, query) };
}

function find(root: Block, query: LockQuery): Locked | undefined {
  const { importer, alias } = query;
  const importers = blockAt(root, "importers");
  // Outside of workspaces older versions have no importers.
  const own = importers === undefined
    ? importer === "" ? root : undefined
    : blockAt(importers, importer === "" ? "." : importer);
  for (const part of PARTS) {
    const entry = blockAt(own, part)?.get(alias);
    const text = typeof entry === "string" ? entry : entry?.get("version");
    if (typeof text === "string") return readVersion(text, alias);
  }
  return undefined;
}

function blockAt(block: Block | undefined, key: string): Block | undefined {
  const found = block?.get(key);
  return typeof found === "string" ? undefined : found;
}

/** `1.2.0(react@18.2.0)`, `1.2.0_react@18.2.0`, and of an alias `ms@2.0.0`, `/ms@2.0.0`, `/ms/2.0.0`. */
function readVersion(text: string, alias: string): Locked | undefined {
  if (/^(?:link|file|workspace):/.test(text)) return undefined;
  const isVersion = /^\d+\.\d+\.\d+/.test(text);
  const [, name, version = text] = isVersion
    ? []
    : /^\/?((?:@[^/@]+\/)?[^/@:]+)[@/](\d.*)$/.exec(text) ?? [];
  return { name: name ?? alias, version: withoutPeers(version) };
}

/** A patch changes the package, peers do not. */
function withoutPeers(version: string): string {
  if (!/^\d/.test(version)) return version;
  const patch = /\(patch_hash=[^)]*\)/.exec(version)?.[0] ?? "";
  return version.replace(/[_(].*$/, "") + patch;
}
