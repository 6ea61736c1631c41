/// <reference lib="dom" />
/** Parallel coordinates: a line for each trial over all axes. Dragging along an axis chooses a part of it. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { DrawingFiles } from "../../parts/drawing_files.tsx";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
import {
  type Brush,
  type Brushes,
  type Drawn,
  isWithin,
  type Model,
} from "./model.ts";
import { short, textAt } from "./scatter.tsx";
import { placeOf, textOf, ticksOf } from "../../parts/scale.ts";

const [HEIGHT, TOP, BOTTOM, SIDE] = [280, 30, 14, 50];
const ROOM = HEIGHT - TOP - BOTTOM;

/** Pixels between axes at least; the drawing scrolls if there are more. */
const LEAST_GAP = 92;

/** Steps of colour by the first objective. */
const SHADES = 5;

/** The axes, the lines, and what a person chose. */
export interface ParallelProps {
  readonly model: Model;
  readonly brushes: Brushes;
  readonly marked: number | undefined;
  /** Whether the least value of the first objective is the best. */
  readonly isLeastBest: boolean;
  onBrush(axis: number, brush: Brush | undefined): void;
}

/** The drawing. */
export function Parallel(props: ParallelProps): VNode {
  const { model, marked, isLeastBest } = props;
  const [box, room] = useWidth();
  const [drag, setDrag] = useState<
    readonly [axis: number, brush: Brush] | undefined
  >(undefined);
  const { axes, trials, firstObjective } = model;
  const width = Math.max(room, axes.length * LEAST_GAP);
  const xOf = (axis: number) =>
    axes.length < 2
      ? width / 2
      : SIDE + axis * (width - 2 * SIDE) / (axes.length - 1);
  const brushes = drag === undefined
    ? props.brushes
    : new Map([...props.brushes, drag]);
  const lines = groups(trials, { brushes, firstObjective, isLeastBest });
  const pathOf = (group: readonly Drawn[]) =>
    group.map(({ places }) => lineOf(places, xOf)).join("");
  const one = trials.filter(({ row }) => row.trial === marked);
  return (
    <Section
      title="Parallel coordinates"
      note="drag along an axis to choose a part of it; double click for all"
    >
      <DrawingFiles name="parallel coordinates" of="svg">
        <div class="parallel" ref={box}>
          <svg
            width={width}
            height={HEIGHT}
            role="group"
            aria-label="Parallel coordinates"
          >
            {[...lines].map(([name, group]) => (
              <path key={name} class={`line line-${name}`} d={pathOf(group)} />
            ))}
            <path class="line line-marked" d={pathOf(one)} />
            {axes.map((axis, i) => (
              <AxisLine
                key={axis.title}
                axis={axis}
                x={xOf(i)}
                brush={brushes.get(i)}
                onDrag={(brush) => setDrag(brush && [i, brush])}
                onBrush={(brush) => {
                  setDrag(undefined);
                  props.onBrush(i, brush);
                }}
              />
            ))}
          </svg>
        </div>
      </DrawingFiles>
    </Section>
  );
}

interface AxisLineProps {
  readonly axis: Model["axes"][number];
  readonly x: number;
  readonly brush: Brush | undefined;
  onDrag(brush: Brush | undefined): void;
  onBrush(brush: Brush | undefined): void;
}

function AxisLine({ axis, x, brush, onDrag, onBrush }: AxisLineProps): VNode {
  const { scale, title, isObjective } = axis;
  const [from, setFrom] = useState<number | undefined>(undefined);
  const placeAt = (event: PointerEvent & { currentTarget: SVGElement }) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    return clamp(1 - (event.clientY - top) / height);
  };
  const yOf = (place: number) => TOP + (1 - place) * ROOM;
  const text = brush === undefined
    ? "all"
    : `${textAt(axis, brush[0])} to ${textAt(axis, brush[1])}`;
  return (
    <g class="parallel-axis">
      <path d={`M${x} ${TOP}v${ROOM}`} />
      <text
        class={isObjective ? "title is-objective" : "title"}
        x={x}
        y={14}
        text-anchor="middle"
      >
        {short(title, LEAST_GAP / 7)}
        <title>{title}</title>
      </text>
      {ticksOf(scale, 5).map((value) => (
        <text key={value} x={x + 5} y={yOf(placeOf(scale, value)) + 4}>
          {short(textOf(scale, value), 9)}
        </text>
      ))}
      {brush && (
        <rect
          class="brush"
          x={x - 7}
          y={yOf(brush[1])}
          width={14}
          height={Math.max(2, (brush[1] - brush[0]) * ROOM)}
        />
      )}
      <rect
        class="grip"
        x={x - 14}
        y={TOP}
        width={28}
        height={ROOM}
        role="slider"
        tabindex={0}
        aria-orientation="vertical"
        aria-label={`${title}: the part that is chosen`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * middle(brush))}
        aria-valuetext={text}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(placeAt(event));
        }}
        onPointerMove={(event) => {
          if (from !== undefined) onDrag(sorted(from, placeAt(event)));
        }}
        onPointerUp={(event) => {
          if (from === undefined) return;
          const chosen = sorted(from, placeAt(event));
          setFrom(undefined);
          // A click without a drag chooses nothing.
          if (chosen[1] - chosen[0] > 0.01) onBrush(chosen);
          else onDrag(undefined);
        }}
        onDblClick={() => onBrush(undefined)}
        onKeyDown={(event) => {
          const next = moved(brush, event.key, event.shiftKey);
          if (next === "same") return;
          event.preventDefault();
          event.stopPropagation();
          onBrush(next);
        }}
      />
    </g>
  );
}

/** What a key does: arrows move the part, with Shift they move its lower end; Escape chooses all. */
function moved(
  brush: Brush | undefined,
  key: string,
  isShift: boolean,
): Brush | undefined | "same" {
  if (key === "Escape" || key === "Delete") return undefined;
  const step = key === "ArrowUp" ? 0.05 : key === "ArrowDown" ? -0.05 : 0;
  if (step === 0) return "same";
  if (brush === undefined) return step > 0 ? [0.5, 1] : [0, 0.5];
  const [low, high] = brush;
  if (isShift) return sorted(clamp(low + step), high);
  const by = Math.max(-low, Math.min(1 - high, step));
  return [low + by, high + by];
}

function middle(brush: Brush | undefined): number {
  return brush === undefined ? 0.5 : (brush[0] + brush[1]) / 2;
}

function sorted(a: number, b: number): Brush {
  return [Math.min(a, b), Math.max(a, b)];
}

function clamp(place: number): number {
  return Math.max(0, Math.min(1, place));
}

/** Trials that are drawn alike; those that are not chosen are behind the others. */
function groups(
  trials: readonly Drawn[],
  { brushes, firstObjective, isLeastBest }: {
    readonly brushes: Brushes;
    readonly firstObjective: number;
    readonly isLeastBest: boolean;
  },
): Map<string, Drawn[]> {
  const found = new Map<string, Drawn[]>();
  for (const name of ["out", "failed", "running", "stopped"]) {
    found.set(name, []);
  }
  for (let shade = 0; shade < SHADES; shade++) found.set(`shade-${shade}`, []);
  found.set("best", []);
  for (const one of trials) {
    found.get(nameOf(one))!.push(one);
  }
  return found;
  function nameOf(one: Drawn): string {
    if (!isWithin(one, brushes)) return "out";
    if (one.kind !== "done" && one.kind !== "infeasible") return one.kind;
    const place = one.places[firstObjective] ?? 0;
    const good = isLeastBest ? 1 - place : place;
    return `shade-${Math.min(SHADES - 1, Math.floor(good * SHADES))}`;
  }
}

/** A line with gaps where a trial has no value. */
function lineOf(
  places: readonly (number | undefined)[],
  xOf: (axis: number) => number,
): string {
  let text = "";
  let isOpen = false;
  places.forEach((place, i) => {
    if (place !== undefined) {
      text += `${isOpen ? "L" : "M"}${xOf(i).toFixed(1)} ${
        (TOP + (1 - place) * ROOM).toFixed(1)
      }`;
    }
    isOpen = place !== undefined;
  });
  return text;
}
