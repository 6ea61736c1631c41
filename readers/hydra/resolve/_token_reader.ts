import type { Token } from "./_lexis.ts";

/** What a parser needs of its tokens: looking ahead, and taking one after the other. */
export abstract class TokenReader {
  /** All tokens. */
  protected readonly tokens: readonly Token[];
  /** The index of the next one. */
  protected next = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The type of a token to come; `undefined` behind the last one. */
  protected peek(ahead = 0): string | undefined {
    return this.tokens[this.next + ahead]?.type;
  }

  /** Takes the next token if it is of a type. */
  protected accept(type: string): boolean {
    if (this.peek() !== type) return false;
    this.next++;
    return true;
  }

  /** Takes the next token, which must be there, and of the type if one is named. */
  protected take(type?: string): Token {
    const token = this.tokens[this.next];
    if (token === undefined || (type !== undefined && token.type !== type)) {
      this.fail();
    }
    this.next++;
    return token!;
  }

  /** Says that the next token cannot stand where it does. */
  protected abstract fail(): never;
}
