/** Recognises network file systems. */
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isGranted } from "../internal/runtime.ts";
import { attempt } from "../internal/attempt.ts";

/** The types of network file systems, as in statfs(2). */
const NETWORK_TYPES: Record<number, string> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x5346414f: "AFS",
  0x0bd00bd0: "Lustre",
  0x47504653: "GPFS",
  0x00c36400: "Ceph",
  0x19830326: "BeeGFS",
  0x01161970: "GFS2",
  0x7461636f: "OCFS2",
};

/**
 * Returns the network file system that a path is on.
 *
 * @param path A file, which need not exist; its folder must.
 * @returns the name of the file system; `undefined` if it is a local one, or unknown.
 */
export function networkFileSystem(path: string): string | undefined {
  const folder = dirname(resolve(path));
  if (!isGranted({ name: "sys", kind: "statfs" })) return undefined;
  const type = attempt(() => statfsSync(folder).type, {
    name: "read",
    path: folder,
  });
  return type === undefined ? undefined : NETWORK_TYPES[Number(type) >>> 0];
}
