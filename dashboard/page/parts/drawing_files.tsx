/// <reference lib="dom" />
/** The file of a drawing that is made of elements. */
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { elementSvg } from "../files/element_svg.ts";
import { FileButtons } from "./file_buttons.tsx";

/** Shows a drawing, and a button that saves it as SVG. */
export function DrawingFiles({ name, of = ":scope > *", csv, children }: {
  /** What it shows: the title, and the name of the file. */
  readonly name: string;
  /** The selector of what is drawn, if that is not the first element. */
  readonly of?: string;
  csv?(): readonly (readonly unknown[])[];
  readonly children: ComponentChildren;
}): VNode {
  const box = useRef<HTMLDivElement>(null);
  const svg = () => {
    const element = box.current?.querySelector(of);
    return element == null ? undefined : elementSvg(element, name);
  };
  return (
    <div class="drawing-files">
      <div ref={box}>{children}</div>
      <FileButtons name={name} svg={svg} {...(csv && { csv })} />
    </div>
  );
}
