import { pause } from "../../../internal/pause.ts";
import { FORMAT } from "../_format.ts";
import {
  answered,
  CODES,
  type JetStream,
  NobodyAnswersError,
} from "./_jetstream.ts";

/** The consumer that hands out jobs. */
export const WORKERS = "workers";

/** Nanoseconds in a millisecond: JetStream's unit. */
const NANOSECONDS = 1_000_000;

/** How often, and with which pauses in milliseconds, it is looked for what another process is making. */
const TRIES = 100;
const PAUSE = 20;

/** The most pulls that may wait for jobs: those of all workers. */
const MOST_WAITING = 100_000;

/** The names of what a search has on a server. */
export interface StreamNames {
  /** The stream of jobs, leases, locks and large bodies; the names of others start with it. */
  readonly work: string;
  /** The start of all subjects, with a dot at its end. */
  readonly base: string;
}

/**
 * Returns the names.
 *
 * @param tag The tag of the search.
 */
export function streamNames(tag: string): StreamNames {
  return { work: `ato-${tag}`, base: `ato.${tag}.` };
}

/**
 * Returns the stream of a journal, and the start of its subjects.
 *
 * @param names The names of the search.
 * @param journal The name of the journal, which is empty for one of them.
 */
export function journalOf(
  { work, base }: StreamNames,
  journal: string,
): { readonly stream: string; readonly subjects: string } {
  const name = journal === "" ? "log" : `log-${journal}`;
  return { stream: `${work}-${name}`, subjects: `${base}${name}.` };
}

/** What is read of the state of a stream. */
interface StreamInfo {
  readonly config: { readonly description?: string };
}

/** What is read of the state of a consumer. */
interface ConsumerInfo {
  readonly config: { readonly ack_wait: number };
}

/**
 * Returns the version of the data of a search; `undefined` if there is none. It is no number if Ato did not write them.
 *
 * @param jetStream The requests.
 * @param names The names of the search.
 */
export async function formatOf(
  jetStream: JetStream,
  { work }: StreamNames,
): Promise<number | undefined> {
  const info = await answered(
    () => jetStream.call<StreamInfo>(`STREAM.INFO.${work}`),
    CODES.noStream,
  );
  if (info === undefined) return undefined;
  return Number(/^Ato, format (\d+)$/.exec(info.config.description ?? "")?.[1]);
}

/** What all streams of a search have. */
const COMMON = {
  description: `Ato, format ${FORMAT}`,
  storage: "file",
  num_replicas: 1,
  max_msgs_per_subject: 1,
} as const;

/**
 * Makes the stream of a journal, if it is missing.
 *
 * @param jetStream The requests.
 * @param names The names of the search.
 * @param journal The name of the journal.
 */
export async function makeJournal(
  jetStream: JetStream,
  names: StreamNames,
  journal: string,
): Promise<void> {
  const { stream, subjects } = journalOf(names, journal);
  await makeStream(jetStream, {
    name: stream,
    subjects: [`${subjects}>`],
    retention: "limits",
    republish: {
      src: `${subjects}>`,
      dest: `${names.base}news.>`,
      headers_only: true,
    },
  });
}

/** What differs between the streams of a search. */
interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: "limits" | "workqueue";
  readonly republish?: object;
}

/** Makes a stream, if it is missing. A server that is making it for another process says so in several ways. */
async function makeStream(
  jetStream: JetStream,
  config: StreamConfig,
): Promise<void> {
  await untilDefined(() =>
    answered(
      () =>
        jetStream.call(`STREAM.CREATE.${config.name}`, {
          ...COMMON,
          ...config,
        }),
      CODES.subjectsOverlap,
    )
  );
}

/** Calls a function again and again, for some seconds, until it has a value; resolves to the last one. */
async function untilDefined<R>(
  work: () => Promise<R | undefined>,
): Promise<R | undefined> {
  for (let i = 0; i < TRIES; i++) {
    const value = await work();
    if (value !== undefined) return value;
    await pause(PAUSE * (0.5 + Math.random()));
  }
  return await work();
}

/**
 * Makes the stream of jobs and their consumer, where they are missing.
 *
 * @param jetStream The requests.
 * @param names The names of the search.
 * @param lease The milliseconds that a lease lasts.
 */
export async function makeWork(
  jetStream: JetStream,
  { work, base }: StreamNames,
  lease: number,
): Promise<void> {
  const find = () =>
    answered(
      () => jetStream.call<ConsumerInfo>(`CONSUMER.INFO.${work}.${WORKERS}`),
      CODES.noConsumer,
      CODES.noStream,
    );
  let known = await find();
  if (known === undefined) {
    await makeStream(jetStream, {
      name: work,
      subjects: ["job.*", "hold.>", "part.>", "clock"]
        .map((end) => base + end),
      retention: "workqueue",
    });
    // One process makes the consumer: of one that two make at once, some servers hand out nothing.
    const isFirst = await untilDefined(() => claim(jetStream, base));
    if (!isFirst) known = await untilDefined(find);
  }
  // With the longest lease, jobs of others would come back too late; one that comes too early is given back.
  const wait = lease * NANOSECONDS;
  if (known !== undefined && known.config.ack_wait <= wait) return;
  await jetStream.call(`CONSUMER.DURABLE.CREATE.${work}.${WORKERS}`, {
    stream_name: work,
    config: {
      durable_name: WORKERS,
      filter_subject: `${base}job.*`,
      deliver_policy: "all",
      replay_policy: "instant",
      ack_policy: "explicit",
      ack_wait: wait,
      max_deliver: -1,
      max_ack_pending: -1,
      max_waiting: MOST_WAITING,
    },
  });
}

/** Whether this process is the first one that sets up the stream of jobs; `undefined` if it does not answer yet. */
async function claim(
  jetStream: JetStream,
  base: string,
): Promise<boolean | undefined> {
  try {
    return await jetStream.store(`${base}hold.setup`, "", 0) !== undefined;
  } catch (error) {
    if (error instanceof NobodyAnswersError) return undefined;
    throw error;
  }
}

/** Removes the streams of a search, and all that is in them. */
export async function dropStreams(
  jetStream: JetStream,
  { work, base }: StreamNames,
): Promise<void> {
  interface Names {
    readonly streams: readonly string[] | null;
  }
  const { streams } = await jetStream.call<Names>("STREAM.NAMES", {
    subject: `${base}>`,
  });
  // The one that marks the search is the last, so that an end in the middle leaves one that can be dropped again.
  const others = (streams ?? []).filter((name) => name !== work);
  for (const name of [...others, work]) {
    await answered(
      () => jetStream.call(`STREAM.DELETE.${name}`),
      CODES.noStream,
    );
  }
}
