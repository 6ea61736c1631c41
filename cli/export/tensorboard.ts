import { createHash } from "node:crypto";
import { join as joinPath } from "node:path";
import type { Run } from "../../tracker/mod.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { makeFolder } from "../output/output_folder.ts";
import type { Chosen } from "./choose.ts";
import { maskedCrc32c } from "./crc32c.ts";
import { flatten } from "../../internal/leaves.ts";
import { leafText } from "../../internal/json_text.ts";
import {
  bytesField,
  doubleField,
  floatField,
  integerField,
  join,
} from "../../internal/protobuf.ts";
import { safeNames } from "../../internal/safe_name.ts";
import { writeBytes } from "./sink.ts";

/** The value for strings in TensorFlow's enum of data types. */
const DT_STRING = 7;

/**
 * Writes runs as TensorBoard event files, one folder for each run: scalars, and the config as
 * text. The formats: `tensorboard/compat/proto/event.proto` and `summary.proto`, in TFRecord
 * frames. TensorBoard keeps scalars as 32-bit floats.
 *
 * @param chosen The runs.
 * @param folder The log directory; created if it is missing.
 * @param options What may be overwritten.
 * @returns the folders of the runs.
 */
export async function writeTensorboard(
  chosen: readonly Chosen[],
  folder: string,
  options: OutputOptions,
): Promise<string[]> {
  const nameOf = safeNames({ slashes: false });
  const folders: string[] = [];
  makeFolder(folder);
  for (const { run } of chosen) {
    const name = nameOf(run.name ? `${run.id}-${run.name}` : String(run.id));
    const path = joinPath(folder, name);
    makeFolder(path, folder);
    await writeRun(run, path, options);
    folders.push(path);
  }
  return folders;
}

/** The name contains the run, so that a second export replaces the file of the first. */
async function writeRun(
  run: Run,
  folder: string,
  options: OutputOptions,
): Promise<void> {
  const start = seconds(run.startTime);
  const stamp = String(Math.max(0, Math.floor(start))).padStart(10, "0");
  const file = joinPath(
    folder,
    `events.out.tfevents.${stamp}.ato.${identityOf(run)}`,
  );
  // Only ato creates files of this name.
  const output = { ...options, isOurs: () => true };
  await writeBytes(file, output, async (writeRaw) => {
    const write = (event: Uint8Array): void => writeRaw(frame(event));
    write(join(doubleField(1, start), bytesField(3, "brain.Event:2")));
    write(configEvent(run, start));
    for (const key of await run.metrics.names()) {
      for await (const points of run.metrics.pages(key)) {
        writeRaw(
          join(...points.map((point) => frame(scalarEvent(key, point)))),
        );
      }
    }
  });
}

/** The identity in a file can be any text, even a path. */
function identityOf(run: Run): string {
  const uuid = run.uuid ?? String(run.id);
  return /^[\w-]{1,64}$/.test(uuid)
    ? uuid
    : createHash("sha256").update(uuid).digest("hex").slice(0, 32);
}

function seconds(time: Date | undefined): number {
  const at = (time?.getTime() ?? 0) / 1000;
  return Number.isFinite(at) ? at : 0;
}

/** A TFRecord: length, its checksum, the data, its checksum. */
export function frame(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return out;
}

function scalarEvent(
  key: string,
  point: { step: number; value: number; time: Date },
): Uint8Array {
  const value = join(bytesField(1, key), floatField(2, point.value));
  return join(
    doubleField(1, seconds(point.time)),
    integerField(2, point.step),
    bytesField(5, bytesField(1, value)),
  );
}

/** Writes the config as a Markdown table, which the text dashboard shows. */
function configEvent(run: Run, start: number): Uint8Array {
  const rows = [...flatten(run.config)].map(([path, value]) =>
    `| ${markdown(path)} | ${markdown(leafText(value))} |`
  );
  const text = ["| key | value |", "|---|---|", ...rows].join("\n");
  const tensor = join(
    integerField(1, DT_STRING),
    bytesField(2, bytesField(2, integerField(1, 1))),
    bytesField(8, text),
  );
  const value = join(
    bytesField(1, "config/text_summary"),
    bytesField(8, tensor),
    bytesField(9, bytesField(1, bytesField(1, "text"))),
  );
  return join(doubleField(1, start), bytesField(5, bytesField(1, value)));
}

function markdown(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\|`*_<>[\]]/g, "\\$&");
}
