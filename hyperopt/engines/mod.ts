/**
 * Engines on which several machines share a search: Redis, Postgres and NATS JetStream, as teams already run them. It
 * needs packages that this one does not bring along: `bullmq`, and `ioredis` for Redis or `pg` for Postgres;
 * `@nats-io/transport-node` for NATS.
 *
 * @module
 */
export { connectEngine } from "./connect_engine.ts";
export type { ConnectEngineOptions } from "./connect_engine.ts";
export { EngineError } from "./errors.ts";
export type { EngineProblem } from "./errors.ts";
export type {
  HeldLock,
  JournalEntry,
  LeasedJob,
  QueuedJob,
  ReadOptions,
  SearchBackend,
  SearchJournal,
  WaitOptions,
} from "../distributed/backend.ts";
export { UserError } from "../../internal/errors.ts";
