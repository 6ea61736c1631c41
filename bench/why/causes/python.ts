/**
 * Causes in the modules of the Python program that fits prices: functions, classes, constants and statements up to
 * three imports away from the script.
 *
 * @module
 */
import {
  type Cause,
  cause,
  type CauseKind,
  type Edit,
  edit,
  type Planted,
} from "../types.ts";

/** An edit of a module of the package, and the piece that it is in. */
interface PieceEdit {
  readonly edits: readonly Edit[];
  readonly planted: Planted;
}

function piece(
  module: string,
  [from, to]: readonly [from: string, to: string],
  name: string,
): PieceEdit {
  const file = `pricing/${module}.py`;
  return {
    edits: [edit(file, from, to)],
    planted: cause(`code:${file}#${name}`),
  };
}

function of(
  kind: CauseKind,
  id: string,
  pieces: readonly PieceEdit[],
  more: Partial<Cause> = {},
): Cause {
  return {
    id: `pricing-${kind}-python-${id}`,
    project: "pricing",
    kind,
    planted: pieces.map(({ planted }) => planted),
    ...more,
    b: { edits: pieces.flatMap(({ edits }) => edits), ...more.b },
  };
}

const code = (
  id: string,
  module: string,
  change: readonly [from: string, to: string],
  name: string,
): Cause => of("code", id, [piece(module, change, name)]);

const WITHIN = piece("limits", [
  "return max(LOWEST[name], value)",
  "return max(LOWEST[name], value * 0.9)",
], "within");
const FACTOR = piece("steps", ["factor = 1.0", "factor = 0.8"], "Step.factor");
const AREA = piece("units", ["AREA = 1.0", "AREA = 1.1"], "AREA");

/** Edits of a module that do nothing: the record has to see that. */
const COSMETIC: readonly Edit[] = [
  edit(
    "pricing/loss.py",
    "def squared(error, *, power=2):",
    'def squared(error: float, *, power: int = 2) -> float:\n    """Squares."""',
  ),
  edit(
    "pricing/loss.py",
    "    bounded = within(error, high=LIMIT)\n    return bounded ** power",
    "    kept = within(\n        error, high=LIMIT,  # at most\n    )\n    return (kept ** power)",
  ),
  edit(
    "pricing/loss.py",
    "from .limits",
    "from typing import Optional\nfrom .limits",
  ),
];

/** An edit of a function that nothing calls. */
const UNUSED: Edit = edit(
  "pricing/model.py",
  "    model.stepper = Slow()\n",
  "    model.stepper = Plain()\n",
);

/** A module under another name, with what imports it. */
const MOVED: readonly Edit[] = [
  { file: "pricing/limits.py", renameTo: "pricing/bounds.py" },
  edit("pricing/loss.py", "from .limits", "from .bounds"),
  edit("pricing/steps.py", "from .limits", "from .bounds"),
];

const noisy = { base: { words: ["noise=0.02"] } };

/** All causes of these modules. */
export const PYTHON: readonly Cause[] = [
  code("imported-constant", "limits", ["LIMIT = 1e6", "LIMIT = 0.1"], "LIMIT"),
  code("function-three-modules-away", "limits", [
    "LOWEST[name], value)",
    "LOWEST[name], value * 0.9)",
  ], "within"),
  code("swapped-arguments", "limits", [
    "if not value < high",
    "if not high < value",
  ], "within"),
  code(
    "removed-not",
    "limits",
    ["if not value < high", "if value < high"],
    "within",
  ),
  code("statements-of-a-module", "limits", [
    "LOWEST[name] = -1e6",
    "LOWEST[name] = -0.05",
  ], ""),
  code("default-of-a-keyword", "loss", ["power=2", "power=4"], "squared"),
  code("keyword-of-a-call", "loss", [
    "within(error, high=LIMIT)",
    "within(error, high=0.1)",
  ], "squared"),
  code(
    "variable-of-a-base-class",
    "steps",
    ["factor = 1.0", "factor = 0.8"],
    "Step.factor",
  ),
  code("method-of-a-base-class", "steps", [
    "self.factor * value",
    "self.factor ** 2 + 0.1 * value",
  ], "Step.size"),
  code("property", "steps", [
    "return self.scaled(1.0)",
    "return self.scaled(0.9)",
  ], "Step.damping"),
  code(
    "default-of-a-static-method",
    "steps",
    ["by=1.0", "by=0.7"],
    "Step.scaled",
  ),
  code("method-that-overrides", "steps", [
    "return super().size(value)",
    "return super().size(value) * 1.2",
  ], "Plain.size"),
  code(
    "base-class",
    "steps",
    ["class Plain(Step)", "class Plain(Slow)"],
    "Plain",
  ),
  code("variable-of-a-class", "model", [
    "stepper = Plain()",
    "stepper = Slow()",
  ], "Linear.stepper"),
  code(
    "constructor",
    "model",
    ["[rng.random() for", "[rng.random() / 2 for"],
    "Linear.__init__",
  ),
  code("generator", "model", [
    "sum(w * x for w, x",
    "sum(w * abs(x - 0.1) for w, x",
  ], "Linear.predict"),
  code(
    "star-in-a-list",
    "model",
    ["[*features, 1]", "[*features, 2]"],
    "Linear.learn",
  ),
  code("constant-of-a-reader", "units", ["AREA = 1.0", "AREA = 1.1"], "AREA"),
  code("lambda", "units", ["rooms / 1", "rooms / 2"], "halves"),
  code("decorated-function", "units", [
    "return float(cell)",
    "return float(cell) + 1",
  ], "number"),
  code("condition", "units", ["min(row) < 0", "min(row) < 2"], "is_sound"),
  of("code", "comprehension", [
    piece("data", [
      "[area * AREA, halves(rooms), price]",
      "[halves(rooms), area * AREA, price]",
    ], "load"),
  ]),
  of("code", "beside-an-unused-function", [FACTOR], {
    b: { edits: [...FACTOR.edits, UNUSED] },
  }),
  of("code", "beside-layout-and-types", [FACTOR], {
    b: { edits: [...FACTOR.edits, ...COSMETIC] },
  }),
  of("code", "moved-and-changed", [{
    edits: [...WITHIN.edits, ...MOVED],
    planted: cause("code:pricing/bounds.py#within"),
  }]),
  of("combination", "two-modules", [FACTOR, AREA]),
  of("combination", "two-modules-separated", [FACTOR, AREA], {
    others: [{ edits: FACTOR.edits }],
    separated: true,
  }),
  of("combination", "lr-and-class", [FACTOR], {
    b: { edits: FACTOR.edits, words: ["lr=0.3"] },
    planted: [FACTOR.planted, cause("config:args.lr")],
  }),
  of("noise", "constant", [AREA], noisy),
  of("history", "reverted", [], { others: [{ edits: FACTOR.edits }] }),
  of("neutral", "layout-and-types", [], { b: { edits: COSMETIC } }),
  of("neutral", "unused-function", [], { b: { edits: [UNUSED] } }),
  of("neutral", "moved-module", [], { b: { edits: MOVED } }),
];
