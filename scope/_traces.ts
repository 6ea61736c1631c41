import {
  type CodeUses,
  type DeepFingerprints,
  fingerprintCode,
  functionText,
  loadDeepFingerprints,
  OutputRecorder,
  withoutDeep,
} from "../fingerprint/mod.ts";
import type {
  CodeRecord,
  DeepRecord,
  OutputRecord,
} from "../internal/run_source.ts";
import { messageOf } from "../internal/errors.ts";
import { kindOf } from "../internal/kind_of.ts";
import { ScopeUsageError } from "./errors.ts";
import { CallSite } from "./_location.ts";
import type {
  RuntimeTraceOptions,
  TraceableFunction,
  TraceOptions,
} from "./trace.ts";

interface Trace {
  readonly id: string;
  readonly fn: TraceableFunction;
  readonly uses: CodeUses;
  readonly options: TraceOptions;
  readonly site: CallSite;
  /** The fingerprint, once it was needed. */
  record?: Promise<CodeRecord>;
}

/** The functions that a scope traces. */
export class Traces {
  readonly #traces: Map<string, Trace> = new Map();
  readonly #listeners: Set<(record: CodeRecord) => void> = new Set();
  readonly #outputs: OutputRecorder = new OutputRecorder();
  #deep: Promise<DeepFingerprints> | undefined;

  /** Traces the code of a function; the fingerprint is made when it is needed. */
  trace<F extends TraceableFunction>(
    fn: F,
    name: string,
    options: TraceOptions,
  ): F {
    const id = idOf(fn, name, options.id);
    // Throws here, at the line of the mistake, and not when the run is stored.
    functionText(fn);
    const trace: Trace = {
      id,
      fn,
      uses: options.uses ?? [],
      options,
      site: new CallSite(),
    };
    const earlier = this.#traces.get(id);
    if (
      earlier !== undefined && !options.override && !isSameCode(earlier, trace)
    ) {
      const at = earlier.site.location;
      throw new ScopeUsageError(
        `Cannot trace ${
          fn.name || "a function"
        } as "${id}": another function is traced under ` +
          `this id${at === undefined ? "" : ` at ${at.file}:${at.line}`}; ` +
          "give each its own id, or pass { override: true }",
      );
    }
    this.#traces.set(id, trace);
    if (this.#listeners.size > 0) void this.#announce(trace);
    return fn;
  }

  /** Wraps a function to record its outputs. */
  runtimeTrace<F extends TraceableFunction>(
    fn: F,
    name: string,
    options: RuntimeTraceOptions,
  ): F {
    const id = idOf(fn, name, options.id);
    return this.#outputs.wrap(fn, { ...options, id } as never);
  }

  async #announce(trace: Trace): Promise<void> {
    const record = await this.#recordOf(trace);
    for (const listener of [...this.#listeners]) listener(record);
  }

  /** Returns the fingerprints of all functions traced so far. */
  async codeRecords(): Promise<readonly CodeRecord[]> {
    const records = await Promise.all(
      [...this.#traces.values()].map((trace) => this.#recordOf(trace)),
    );
    // The records are kept, but not the syntax trees of the whole project.
    this.#deep = undefined;
    return records;
  }

  #recordOf(trace: Trace): Promise<CodeRecord> {
    trace.record ??= this.#fingerprint(trace);
    return trace.record;
  }

  /** A function that cannot be fingerprinted must not stop the run: the reason is stored instead. */
  async #fingerprint(
    { id, fn, uses, options, site }: Trace,
  ): Promise<CodeRecord> {
    const own = await fingerprintCode(fn, { uses }).then(
      ({ notes: _, ...code }) => code,
      (error: unknown) => ({ reason: messageOf(error) }),
    );
    if (options.deep === false) return { traceId: id, ...own };
    const deep = await this.#fingerprintDeep(fn, options, site).catch((
      error: unknown,
    ) => withoutDeep(messageOf(error)));
    return { traceId: id, ...own, deep };
  }

  async #fingerprintDeep(
    fn: TraceableFunction,
    options: TraceOptions,
    site: CallSite,
  ): Promise<DeepRecord> {
    const at = site.location;
    const module = options.module ?? (at && toUrl(at.file));
    if (module === undefined) {
      return withoutDeep(
        "its module is not known; pass { module: import.meta.url }",
      );
    }
    this.#deep ??= loadDeepFingerprints();
    return await (await this.#deep).fingerprint(fn, {
      module,
      // The line is one of the calling module, and the function is in another.
      ...(options.module === undefined && at && { line: at.line }),
      ...(options.captures && { captures: options.captures }),
      ...(options.includes && { includes: options.includes }),
    });
  }

  /** Calls the listener with the fingerprint of each function that is traced later. */
  onCode(listener: (record: CodeRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls the listener with output records: first with those that no listener was given yet. */
  onOutput(listener: (record: OutputRecord) => void): () => void {
    return this.#outputs.subscribe(listener);
  }

  /** Ends a run: outputs that are still open are recorded as they are. */
  flush(): void {
    this.#outputs.flush();
  }

  /** Starts a new run: calls are counted from 0 again. */
  restart(): void {
    this.#outputs.reset();
  }
}

function idOf(fn: unknown, name: string, given: string | undefined): string {
  if (typeof fn !== "function") {
    throw new ScopeUsageError(
      `Cannot trace ${
        kindOf(fn)
      }: only functions can be traced; pass the function that returns it`,
    );
  }
  const id = given ?? name;
  if (id !== "") return id;
  throw new ScopeUsageError(
    "Cannot trace a function without a name: its records could not be told apart from others; " +
      'name the function, or pass { id: "…" }',
  );
}

/** Whether two traces have the same fingerprint: a factory may trace each function that it makes. */
function isSameCode(a: Trace, b: Trace): boolean {
  if (a.fn !== b.fn && functionText(a.fn) !== functionText(b.fn)) return false;
  const left = Object.entries(a.uses);
  const right = Object.entries(b.uses);
  return left.length === right.length &&
    left.every(([name, fn], i) => name === right[i]![0] && fn === right[i]![1]);
}

/** Returns the URL of a file that a stack trace names by its path. */
function toUrl(file: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(file) && !/^[a-z]:[\\/]/i.test(file)) {
    return file;
  }
  const path = file.replaceAll("\\", "/");
  return new URL(
    `file://${path.startsWith("/") ? "" : "/"}${
      path.split("/").map(encodeURIComponent).join("/")
    }`,
  ).href;
}
