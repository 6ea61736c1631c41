import { messageOf } from "../../internal/errors.ts";
import { describe } from "../_describe.ts";
import { StudyTrialError } from "./errors.ts";
import type { EndedEvent, FailedEvent, StoredError } from "./events.ts";
import type { Job, Outcome } from "./job.ts";
import {
  endedEvent,
  failedEvent,
  type Failure,
  releasedEvent,
  type Success,
} from "./_make_event.ts";
import type { StudySession } from "./_session.ts";
import {
  attemptOf,
  type AttemptState,
  type TrialState,
} from "./_trial_state.ts";

/** The attempts of a session: finds the one that a job is, and ends those that are lost or late. */
export class Attempts<C> {
  readonly #session: StudySession<C>;

  constructor(session: StudySession<C>) {
    this.#session = session;
  }

  /** Returns the token of an attempt. An earlier study of the same name had other tokens. */
  tokenOf(
    { trial, rung, attempt }: Pick<Job<C>, "trial" | "rung" | "attempt">,
  ): string {
    const { nonce } = this.#session.state.founded!;
    return `${nonce}-${trial}-${rung}-${attempt}`;
  }

  /**
   * Finds the attempt of a job, also if it has ended.
   *
   * @returns the attempt; `undefined` if this study did not hand it out.
   * @throws {StudyTrialError} If it is not a job.
   */
  of(job: Job<C>): AttemptState | undefined {
    if (typeof job?.trial !== "number") {
      throw new StudyTrialError(
        undefined,
        `Cannot continue a job: it is ${describe(job)}; give the job of ask()`,
      );
    }
    const trial = this.#session.state.trials[job.trial];
    return trial === undefined || job.token !== this.tokenOf(job)
      ? undefined
      : attemptOf(trial, job.rung, job.attempt);
  }

  /** Finds the attempt of a job if it is running. */
  runningOf(job: Job<C>): AttemptState | undefined {
    const attempt = this.of(job);
    return attempt?.status === "running" ? attempt : undefined;
  }

  /** Makes the event by which a running attempt ends. */
  endOf(
    trial: TrialState,
    live: AttemptState,
    outcome: Outcome,
  ): EndedEvent | FailedEvent {
    const { goal } = this.#session.state;
    const missing = isSuccess(outcome)
      ? goal.missing(outcome.metrics)
      : goal.names[0];
    if (isSuccess(outcome) && missing === undefined) {
      const ended = { live, outcome };
      return endedEvent(this.#session.now(), trial.trial, ended);
    }
    const error = "error" in outcome ? toStoredError(outcome.error) : notFinite(
      missing!,
      isSuccess(outcome) && outcome.metrics[missing!],
      missing! in goal.constraints,
    );
    return this.#failure(trial, { kind: "failed", error, told: true });
  }

  /** Gives up the attempts whose workers ended with the session that had them. */
  loseAttached(): void {
    for (const trial of [...this.#session.state.running]) {
      if (trial.live!.detached) continue;
      this.lose(trial, "the process of the search ended");
    }
  }

  /** Gives a running attempt back. */
  release(trial: TrialState): void {
    const at = this.#session.now();
    this.#session.append(releasedEvent(at, trial.trial, trial.live!));
  }

  /** Gives back the attempts whose workers end with the session. */
  releaseAttached(): void {
    for (const trial of [...this.#session.state.running]) {
      if (!trial.live!.detached) this.release(trial);
    }
  }

  /** Gives up the attempts that run for too long, or whose workers are silent. */
  expire(): void {
    const now = this.#session.now();
    for (const trial of [...this.#session.state.running]) {
      if (this.endIfLate(trial, now) || now <= trial.live!.until) continue;
      this.lose(trial, "its worker was silent for too long");
    }
  }

  /**
   * Gives up an attempt that runs for too long.
   *
   * @returns whether it did.
   */
  endIfLate(trial: TrialState, now: number): boolean {
    const { timeout } = this.#session.checked;
    if (now - trial.live!.started <= timeout) return false;
    const error = {
      name: "Timeout",
      message: `it took more than ${timeout / 1000} s`,
    };
    const failure = { kind: "failed", error, told: false } as const;
    this.#session.append(this.#failure(trial, failure));
    return true;
  }

  /** Gives up the running attempt of a trial because its worker is gone. */
  lose(trial: TrialState, message: string): void {
    const error = { name: "Lost", message };
    const failure = { kind: "lost", error, told: false } as const;
    this.#session.append(this.#failure(trial, failure));
  }

  #failure(trial: TrialState, failure: Failure): FailedEvent {
    const limits = this.#session.checked;
    return failedEvent(this.#session.now(), trial, { ...failure, limits });
  }
}

/** Whether an outcome has metrics; plain JavaScript may pass none. */
function isSuccess(outcome: Outcome): outcome is Success {
  return "metrics" in outcome && outcome.metrics !== undefined;
}

/** Returns the error of metrics that are not a result: an infinite metric is a failure, whatever its sign. */
function notFinite(
  metric: string,
  value: unknown,
  isConstrained: boolean,
): StoredError {
  return value === Infinity || value === -Infinity
    ? {
      name: "Infinity",
      message: `its ${metric} is ${value}, which is not a finite number`,
    }
    : {
      name: "NaN",
      message: `it returned no ${metric}, or NaN${
        isConstrained ? ", and the study has a constraint on it" : ""
      }`,
    };
}

function toStoredError(error: unknown): StoredError {
  const name = error instanceof Error ? error.name : typeof error;
  // An error can be given any name.
  return { name: String(name), message: messageOf(error) };
}
