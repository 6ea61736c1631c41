import fc from "fast-check";

/** An expression; variables are numbers, taken modulo what is in scope. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "variable"; readonly index: number }
  | { readonly kind: "free"; readonly name: string }
  | {
    readonly kind: "binary";
    readonly operator: string;
    readonly left: Expression;
    readonly right: Expression;
  }
  | {
    readonly kind: "choice";
    readonly test: Expression;
    readonly yes: Expression;
    readonly no: Expression;
  }
  | {
    readonly kind: "call";
    readonly name: string;
    readonly args: readonly Expression[];
  }
  | { readonly kind: "arrow"; readonly body: Expression }
  | {
    readonly kind: "object";
    readonly key: string;
    readonly value: Expression;
  };

/** A statement. */
export type Statement =
  | { readonly kind: "declare"; readonly value: Expression }
  | {
    readonly kind: "assign";
    readonly index: number;
    readonly value: Expression;
  }
  | {
    readonly kind: "if";
    readonly test: Expression;
    readonly yes: readonly Statement[];
    readonly no: readonly Statement[];
  }
  | {
    readonly kind: "each";
    readonly over: Expression;
    readonly body: readonly Statement[];
  }
  | { readonly kind: "return"; readonly value: Expression };

/** A function of two parameters. */
export type Program = readonly Statement[];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie("expression");
  return {
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ kind: fc.constant("number" as const), value: fc.nat(999) }),
      fc.record({ kind: fc.constant("variable" as const), index: fc.nat(7) }),
      fc.record({
        kind: fc.constant("free" as const),
        name: fc.constantFrom("f", "g", "PI"),
      }),
      fc.record({
        kind: fc.constant("text" as const),
        value: fc.string({ maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant("binary" as const),
        operator: fc.constantFrom("-", "*", "<", "===", "%", "&&", "||", "&"),
        left: inner,
        right: inner,
      }),
      fc.record({
        kind: fc.constant("choice" as const),
        test: inner,
        yes: inner,
        no: inner,
      }),
      fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("f", "g"),
        args: fc.array(inner, { maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant("arrow" as const), body: inner }),
      fc.record({
        kind: fc.constant("object" as const),
        key: fc.constantFrom("k", "a-b", "7", "__proto__"),
        value: inner,
      }),
    ),
  };
});

const { statements } = fc.letrec<{ statements: readonly Statement[] }>((
  tie,
) => ({
  statements: fc.array(
    fc.oneof(
      { depthSize: "small" },
      fc.record({ kind: fc.constant("declare" as const), value: expression }),
      fc.record({
        kind: fc.constant("assign" as const),
        index: fc.nat(7),
        value: expression,
      }),
      fc.record({ kind: fc.constant("return" as const), value: expression }),
      fc.record({
        kind: fc.constant("if" as const),
        test: expression,
        yes: tie("statements"),
        no: tie("statements"),
      }),
      fc.record({
        kind: fc.constant("each" as const),
        over: expression,
        body: tie("statements"),
      }),
    ),
    { maxLength: 4 },
  ),
}));

/** Small functions with nested scopes. */
export const program: fc.Arbitrary<Program> = statements;

/** How a program is written; none of it may matter. */
export interface Style {
  /** The name of the n-th variable. */
  name(index: number): string;
  readonly arrows: boolean;
  readonly braces: boolean;
  readonly noise: string;
  readonly parentheses: boolean;
  readonly hexadecimal: boolean;
  readonly quote: "'" | '"' | "`";
  readonly declare: "const" | "let";
}

/** How people write. */
export const PLAIN: Style = {
  name: (index) => `v${index}`,
  arrows: true,
  braces: true,
  noise: " ",
  parentheses: false,
  hexadecimal: false,
  quote: '"',
  declare: "const",
};

/** The same, as different as can be. */
export const STRANGE: Style = {
  name: (index) => `$${"abcdefghijklmnopqrstuvwxyz"[index % 26]}${index * 7}`,
  arrows: false,
  braces: false,
  noise: " /* - */\r\n\t",
  parentheses: true,
  hexadecimal: true,
  quote: "`",
  declare: "let",
};

/** Writes programs. */
export class Writer {
  readonly #style: Style;
  readonly #assigned = new Set<number>();
  #count = 0;

  constructor(style: Style) {
    this.#style = style;
  }

  /** The source text of a function expression. */
  program(program: Program): string {
    // The first pass finds out what is assigned, as that decides between `let` and `const`.
    this.#function(program);
    this.#count = 0;
    return this.#function(program);
  }

  #function(program: Program): string {
    const scope = [this.#count++, this.#count++];
    const names = scope.map((one) => this.#style.name(one)).join(",");
    const body = this.#block(program, scope);
    return this.#style.arrows
      ? `(${names}) => {${body}}`
      : `function ${this.#style.name(999)}(${names}) {${body}}`;
  }

  #block(statements: readonly Statement[], outer: readonly number[]): string {
    const scope = [...outer];
    return statements.map((one) => this.#statement(one, scope)).join(
      this.#style.noise,
    );
  }

  #nested(statements: readonly Statement[], scope: readonly number[]): string {
    const body = this.#block(statements, scope);
    const bare = !this.#style.braces && statements.length === 1 &&
      statements[0]!.kind === "return";
    return bare ? ` ${body}` : `{${body}}`;
  }

  #statement(statement: Statement, scope: number[]): string {
    const { noise, name, declare } = this.#style;
    const show = (one: Expression) => this.#expression(one, scope);
    switch (statement.kind) {
      case "declare": {
        const value = show(statement.value);
        const index = this.#count++;
        scope.push(index);
        const keyword = this.#assigned.has(index) ? "let" : declare;
        return `${keyword} ${name(index)}${noise}=${noise}${value};`;
      }
      case "assign": {
        const index = scope[statement.index % scope.length]!;
        this.#assigned.add(index);
        return `${name(index)} =${noise}${show(statement.value)};`;
      }
      case "return":
        // No line break may follow `return`.
        return `return (${show(statement.value)});`;
      case "if": {
        const head = `if (${show(statement.test)})${noise}`;
        const yes = this.#nested(statement.yes, scope);
        return `${head}${yes} else${noise}${this.#nested(statement.no, scope)}`;
      }
      case "each": {
        const over = show(statement.over);
        const index = this.#count++;
        const keyword = this.#assigned.has(index) ? "let" : declare;
        const body = this.#nested(statement.body, [...scope, index]);
        return `for (${keyword} ${name(index)} of (${over})) ${body}`;
      }
    }
  }

  #expression(expression: Expression, scope: readonly number[]): string {
    const text = this.#bare(expression, scope);
    return this.#style.parentheses ? `((${text}))` : `(${text})`;
  }

  #bare(expression: Expression, scope: readonly number[]): string {
    const { noise, name, quote, arrows, hexadecimal } = this.#style;
    const show = (one: Expression) => this.#expression(one, scope);
    switch (expression.kind) {
      case "number":
        return hexadecimal
          ? `0x${expression.value.toString(16)}`
          : String(expression.value);
      case "text":
        return this.#text(expression.value, quote);
      case "variable":
        return name(scope[expression.index % scope.length]!);
      case "free":
        return expression.name;
      case "binary":
        return `${show(expression.left)}${noise}${expression.operator}${noise}${
          show(expression.right)
        }`;
      case "choice":
        return `${show(expression.test)} ? ${show(expression.yes)} :${noise}${
          show(expression.no)
        }`;
      case "call":
        return `${expression.name}(${
          expression.args.map(show).join(`,${noise}`)
        })`;
      case "arrow": {
        const index = this.#count++;
        const body = this.#expression(expression.body, [...scope, index]);
        return arrows
          ? `(${name(index)}) => ${body}`
          : `function (${name(index)}) { return ${body}; }`;
      }
      case "object": {
        const key = this.#text(expression.key, quote);
        return `{ [${key}]: ${show(expression.value)} }`;
      }
    }
  }

  #text(value: string, quote: string): string {
    const body = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
    return quote +
      body.replaceAll(quote, `\\${quote}`).replaceAll("${", "\\${") + quote;
  }
}

/** The program with every variable resolved: what it means, free of how it is written. */
export function meaning(program: Program): string {
  return new Writer({ ...PLAIN }).program(program);
}

/** Programs that differ in one place from a program. */
export function mutants(program: Program): Program[] {
  const found: Program[] = [];
  const walk = (value: unknown, put: (value: unknown) => void): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        put(value.toSpliced(index, 1));
        walk(item, (other) => put(value.with(index, other)));
      }
      if (value.length > 1) put(value.toReversed());
    } else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (key === "kind") continue;
        walk(part, (other) => put({ ...value, [key]: other }));
      }
    } else if (typeof value === "number") put(value + 1);
    else if (typeof value === "string") {
      const operators = ["-", "*", "<", "===", "%", "&&", "||", "&"];
      const names = ["f", "g", "PI", "k", "a-b", "7"];
      const list = operators.includes(value) ? operators : names;
      put(list[(list.indexOf(value) + 1) % list.length]);
    }
  };
  walk(program, (other) => found.push(other as Program));
  return found;
}
