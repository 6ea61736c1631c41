import { UserError } from "../../internal/errors.ts";

/** The place refuses, or answers what cannot be used: trying again would not help. */
export class TargetError extends UserError {
  /** Whether it holds for every run, e.g. a wrong login, so that no other run is tried. */
  readonly isForAll: boolean;

  /** Makes the error. */
  constructor(
    message: string,
    options?: ErrorOptions & { readonly isForAll?: boolean },
  ) {
    super(message, options);
    this.name = "TargetError";
    this.isForAll = options?.isForAll ?? false;
  }
}

/** The place does not answer, or says that it is busy: it is tried again later. */
export class UnreachableError extends UserError {
  /** How long the place asks to wait, in milliseconds; absent if it does not say. */
  readonly wait?: number;

  /** Makes the error. */
  constructor(
    message: string,
    options?: ErrorOptions & { readonly wait?: number },
  ) {
    super(message, options);
    this.name = "UnreachableError";
    if (options?.wait !== undefined) this.wait = options.wait;
  }
}
