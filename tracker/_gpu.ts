/** The GPUs of this machine, as NVIDIA's `nvidia-smi` names them. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { isDeno, isGranted } from "../internal/runtime.ts";

/** The GPUs, or why they are not known. */
export interface GpuFound {
  /** The names with the driver's version, `none` if there is no NVIDIA GPU. */
  readonly value?: string;
  /** Why they are not known. */
  readonly missing?: string;
}

/** Milliseconds after which `nvidia-smi` is stopped. */
const TIMEOUT = 5_000;
const COMMAND = "nvidia-smi";
const QUERY = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
/** What Linux has if there is an NVIDIA GPU; the second one in WSL. */
const DEVICES = ["/dev/nvidiactl", "/dev/dxg"];

let asked: Promise<GpuFound> | undefined;

/** Asks for the GPUs, once for the process. Never rejects. */
export function askGpu(): Promise<GpuFound> {
  return asked ??= find();
}

async function find(): Promise<GpuFound> {
  if (hasNoDevice() || hasNoCommand()) return { value: "none" };
  if (!isGranted({ name: "run", command: COMMAND })) {
    return { missing: `not permitted; add --allow-run=${COMMAND}` };
  }
  return await ask();
}

/** Whether this is a Linux without NVIDIA's device, so that nothing needs to be started. */
function hasNoDevice(): boolean {
  if (process.platform !== "linux") return false;
  return DEVICES.every((path) =>
    attempt(() => existsSync(path), { name: "read", path }) === false
  );
}

/** Whether no folder of the search path has the command, as far as may be looked at. */
function hasNoCommand(): boolean {
  const path = attempt(() => process.env["PATH"], {
    name: "env",
    variable: "PATH",
  });
  if (path === undefined) return false;
  const names = process.platform === "win32"
    ? [`${COMMAND}.exe`, `${COMMAND}.cmd`, `${COMMAND}.bat`]
    : [COMMAND];
  return path.split(delimiter).every((folder) =>
    names.every((name) => {
      const file = join(folder, name);
      return attempt(() => existsSync(file), { name: "read", path: file }) ===
        false;
    })
  );
}

function ask(): Promise<GpuFound> {
  return new Promise((resolve) => {
    try {
      const options = { timeout: TIMEOUT, windowsHide: true };
      const child = execFile(COMMAND, QUERY, options, (error, stdout) => {
        resolve(error === null ? { value: named(stdout) } : failure(error));
      });
      // A program that ends does not wait for it.
      child.unref?.();
    } catch (error) {
      resolve(failure(error));
    }
  });
}

/** `2 x NVIDIA H100, driver 550.54`, in the order in which they are listed. */
function named(stdout: string): string {
  const lines = stdout.split("\n").map((line) => line.trim()).filter(Boolean);
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  const names = [...counts].map(([line, count]) => `${count} x ${line}`);
  return names.length === 0 ? "none" : names.join("; ");
}

function failure(error: unknown): GpuFound {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT") return { value: "none" };
  const flag = isDeno() && code === "EPERM"
    ? `; add --allow-run=${COMMAND}`
    : "";
  return { missing: `${COMMAND} failed${flag}` };
}
