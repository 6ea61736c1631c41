/// <reference lib="dom" />
/** Buttons that save what a view shows. */
import type { VNode } from "preact";
import { fileName, save, saveCsv, saveText } from "../files/save.ts";
import { shown } from "../text.ts";

/** What can be saved; each is made when a person asks for it, and `undefined` if it is not drawn yet. */
export interface FileButtonsProps {
  /** What it is: the name of the file. */
  readonly name: string;
  svg?(): string | undefined;
  png?(): Promise<Blob> | undefined;
  csv?(): readonly (readonly unknown[])[];
}

/** The buttons. */
export function FileButtons({ name, svg, png, csv }: FileButtonsProps): VNode {
  const file = fileName(name);
  const saveSvg = () => {
    const text = svg?.();
    if (text) saveText(`${file}.svg`, text, "image/svg+xml");
  };
  const savePng = async () => {
    const blob = await png?.();
    if (blob) save(`${file}.png`, blob);
  };
  const all = [
    ["SVG", svg && saveSvg],
    ["PNG", png && savePng],
    ["CSV", csv && (() => saveCsv(name, csv()))],
  ] as const;
  return (
    <div class="files">
      {all.map(([kind, act]) =>
        act && (
          <button key={kind} type="button" class="file-button" onClick={act}>
            {kind}
            <span class="hidden">of {shown(name)}</span>
          </button>
        )
      )}
    </div>
  );
}
