/// <reference lib="dom" />
/** Trials as marks over two axes. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { DrawingFiles } from "../../parts/drawing_files.tsx";
import { go } from "../../router.ts";
import { type Kind, KINDS, mark } from "./kinds.ts";
import type { Axis, Drawn } from "./model.ts";
import { placeOf, textOf, ticksOf, valueAt } from "../../parts/scale.ts";
import { hrefOf, trialText } from "./trial.tsx";

/** A drawing's room for marks, within its size. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [58, 12, 10, 40];

/** Pixels from a mark within which it is meant. */
const NEAR = 14;

/** The axes and the trials. */
export interface ScatterProps {
  readonly label: string;
  readonly axes: readonly Axis[];
  readonly trials: readonly Drawn[];
  /** The places of the two axes in `axes`. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The trial that the keyboard is at. */
  readonly marked: number | undefined;
  /** What is drawn below the marks. */
  behind?(frame: Frame): ComponentChildren;
}

/** The drawing. Trials without a value on the second axis are below it. */
export function Scatter(props: ScatterProps): VNode {
  const { axes, trials, x, y, width, height } = props;
  const frame: Frame = {
    left: LEFT,
    top: TOP,
    width: Math.max(1, width - LEFT - RIGHT),
    height: Math.max(1, height - TOP - BOTTOM),
  };
  const at = ({ places }: Drawn): readonly [number, number] | undefined => {
    const [across, up] = [places[x], places[y]];
    if (across === undefined) return undefined;
    return [
      frame.left + across * frame.width,
      up === undefined
        ? frame.top + frame.height + 5
        : frame.top + (1 - up) * frame.height,
    ];
  };
  const [near, setNear] = useState<Drawn | undefined>(undefined);
  const find = (event: MouseEvent & { currentTarget: SVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return nearest(
      trials,
      at,
      event.clientX - box.left,
      event.clientY - box.top,
    );
  };
  const pointed = near ?? trials.find(({ row }) => row.trial === props.marked);
  const place = pointed && at(pointed);
  return (
    <figure class="drawing">
      <DrawingFiles name={props.label}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${props.label}: ${trials.length} trials; the table has their values`}
          onPointerMove={(event) => setNear(find(event))}
          onPointerLeave={() => setNear(undefined)}
          onClick={(event) => {
            const href = hrefOf(find(event)?.row);
            if (href !== undefined) go(href);
          }}
        >
          {props.behind?.(frame)}
          <Frames frame={frame} x={axes[x]!} y={axes[y]!} />
          {KINDS.map((kind) => (
            <path
              key={kind}
              class={`mark mark-${kind}`}
              d={marks(kind, trials, at)}
            />
          ))}
          {place && <circle class="near" cx={place[0]} cy={place[1]} r={8} />}
        </svg>
      </DrawingFiles>
      <figcaption class="weak">
        {near === undefined ? "\u00a0" : trialText(near.row)}
      </figcaption>
    </figure>
  );
}

function marks(
  kind: Kind,
  trials: readonly Drawn[],
  at: (one: Drawn) => readonly [number, number] | undefined,
): string {
  return trials.map((one) => {
    const place = one.kind === kind ? at(one) : undefined;
    return place === undefined ? "" : mark(kind, ...place);
  }).join("");
}

function nearest(
  trials: readonly Drawn[],
  at: (one: Drawn) => readonly [number, number] | undefined,
  x: number,
  y: number,
): Drawn | undefined {
  let best: Drawn | undefined;
  let least = NEAR;
  for (const one of trials) {
    const place = at(one);
    const far = place ? Math.hypot(place[0] - x, place[1] - y) : Infinity;
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

/** Two axes with their values and titles. */
export function Frames({ frame, x, y }: {
  readonly frame: Frame;
  readonly x: Axis;
  readonly y: Axis;
}): VNode {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const across = ticksOf(x.scale, Math.max(3, Math.floor(width / 70)));
  const up = ticksOf(y.scale, Math.max(3, Math.floor(height / 40)));
  return (
    <g class="axes">
      <path d={`M${left} ${top}V${bottom}H${left + width}`} />
      {across.map((value) => {
        const at = left + placeOf(x.scale, value) * width;
        return (
          <text key={value} x={at} y={bottom + 20} text-anchor="middle">
            {short(textOf(x.scale, value), width / across.length / 7)}
          </text>
        );
      })}
      {up.map((value) => {
        const at = bottom - placeOf(y.scale, value) * height;
        return (
          <g key={value}>
            <path class="grid" d={`M${left} ${at}h${width}`} />
            <text x={left - 6} y={at + 4} text-anchor="end">
              {short(textOf(y.scale, value), 7)}
            </text>
          </g>
        );
      })}
      <text
        class="title"
        x={left + width / 2}
        y={bottom + 36}
        text-anchor="middle"
      >
        {short(x.title, width / 7)}
      </text>
      <text class="title" x={4} y={top + 2} dominant-baseline="hanging">
        {y.isObjective ? "" : short(y.title, 8)}
      </text>
    </g>
  );
}

/** Cuts a text to about so many letters. */
export function short(text: string, letters: number): string {
  const most = Math.max(3, Math.floor(letters));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Writes the value at a place of an axis. */
export function textAt({ scale }: Axis, place: number): string {
  return textOf(scale, valueAt(scale, place));
}
