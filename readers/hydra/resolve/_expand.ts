import { MAX_DEPTH, TOO_DEEP } from "../../../internal/limits.ts";
import type { Evaluator } from "./_evaluate.ts";
import {
  children,
  isBranch,
  isMandatory,
  keepLength,
  Leaf,
  ListNode,
  MapNode,
  pathOfNode,
  pathText,
  type TreeNode,
} from "../_tree.ts";
import {
  InterpolationCycleError,
  InterpolationError,
  MandatoryValueError,
} from "../errors.ts";

/** The maximum number of values: nested interpolations can need any number. */
const MAX_VALUES = 1_000_000;

/** Copies trees and resolves every interpolation in them. */
export class Expander {
  readonly #evaluator: Evaluator;
  readonly #mandatory: "error" | "keep";
  /** The containers that are being copied; each is inside the one before it. */
  readonly #stack: TreeNode[] = [];
  /** The number of levels around the value that is being resolved. */
  #above = 0;
  #left = MAX_VALUES;

  constructor(evaluator: Evaluator, mandatory: "error" | "keep") {
    this.#evaluator = evaluator;
    this.#mandatory = mandatory;
  }

  /** Returns a copy of a value with all interpolations resolved. */
  expand(node: TreeNode): TreeNode {
    if (isMandatory(node)) {
      if (this.#mandatory === "keep") return new Leaf("???", node.at, true);
      throw new MandatoryValueError(
        pathText(node),
        'it must be given (???); set it first, or keep it with `mandatory: "keep"`',
        node.at,
      );
    }
    const value = this.#evaluator.deref(node);
    if (--this.#left < 0) {
      throw new InterpolationError(
        pathText(node),
        `the interpolations need more than ${MAX_VALUES} values`,
        node.at,
      );
    }
    return isBranch(value)
      ? this.#container(value, node)
      : new Leaf(value.value, value.at ?? node.at, true);
  }

  #container(value: TreeNode, asked: TreeNode): TreeNode {
    if (this.#stack.includes(value)) {
      throw new InterpolationCycleError(
        [...this.#stack.map(pathText), pathText(value)],
        asked.at,
      );
    }
    if (this.#stack.length === 0) this.#above = pathOfNode(asked).length;
    if (this.#above + this.#stack.length >= MAX_DEPTH) {
      throw new InterpolationError(pathText(asked), TOO_DEEP, asked.at);
    }
    this.#stack.push(value);
    try {
      const at = value.at ?? asked.at;
      const copy = value instanceof MapNode
        ? new MapNode(at)
        : new ListNode(at);
      for (const item of children(value as MapNode)) {
        copy.set(item.key, this.expand(item));
      }
      keepLength(copy, value);
      return copy;
    } finally {
      this.#stack.pop();
    }
  }
}
