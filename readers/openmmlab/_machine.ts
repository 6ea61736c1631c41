import { builtinNames, type Host } from "./_builtins.ts";
import { Budget } from "./_budget.ts";
import { Fault } from "./errors.ts";
import type { Place } from "./_syntax.ts";
import type { Value } from "./_values.ts";

/** The names of one function call or comprehension, and those around it. */
export class Names {
  readonly own: Map<string, Value>;
  readonly outer: Names | undefined;
  constructor(own: Map<string, Value>, outer: Names | undefined) {
    this.own = own;
    this.outer = outer;
  }

  find(name: string): Value | undefined {
    const found = this.own.get(name);
    return found !== undefined || this.outer === undefined
      ? found
      : this.outer.find(name);
  }
}

/** What all files of one config are evaluated with. */
export class Machine implements Host {
  readonly budget: Budget = new Budget();
  readonly builtins: ReadonlyMap<string, Value> = builtinNames(this);
  /** What is being evaluated: where a fault is, if there is one. */
  place: Place | undefined;
  /** Where the keys of the top level are set, by name, of the file at hand. */
  depth = 0;

  at(): Place {
    if (this.place === undefined) throw new Fault("nothing is evaluated here");
    return this.place;
  }
}
