import { Writable } from "node:stream";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { printed } from "../../hyperopt/workers/_printed.ts";

/** A stream whose texts are taken one by one, when it is told. */
class Pipe extends Writable {
  readonly taken: string[] = [];
  readonly #waiting: (() => void)[] = [];

  override _write(text: unknown, _: string, done: () => void): void {
    this.#waiting.push(() => {
      this.taken.push(String(text));
      done();
    });
  }

  take(): void {
    this.#waiting.shift()?.();
  }
}

test("printed: waits until all that was written is taken", async () => {
  const pipe = new Pipe();
  for (const text of ["a", "b"]) pipe.write(text);
  let isDone = false;
  const waiting = printed([pipe], 60_000).then(() => isDone = true);
  pipe.take();
  await Promise.resolve();
  assertEquals(isDone, false);
  const taking = setInterval(() => pipe.take(), 1);
  await waiting;
  clearInterval(taking);
  assertEquals(pipe.taken.slice(0, 2), ["a", "b"]);
});

test("printed: a stream that nobody reads is waited for once", async () => {
  const [unread, other] = [new Pipe(), new Pipe()];
  for (const pipe of [unread, other]) pipe.write("text");
  await printed([unread], 10);
  // With this patience the test would not end.
  await printed([unread], 2 ** 31 - 1);
  const taking = setInterval(() => other.take(), 1);
  await printed([unread, other], 2 ** 31 - 1);
  clearInterval(taking);
  assertEquals([unread.taken, other.taken[0]], [[], "text"]);
});

test("printed: with nothing to wait for, or streams of another kind, it does not wait", async () => {
  await printed([new Pipe(), {}, undefined], 2 ** 31 - 1);
  await printed();
});
