/** Tests of passing on what a program prints. */
import { test } from "node:test";
import { Writable } from "node:stream";
import { assertEquals } from "@std/assert";
import { passOn } from "../../cli/run/pass_on.ts";

const bytes = new TextEncoder().encode("1234567890");

/** Makes a stream that takes a chunk when it is told to. */
function slowStream(): { stream: Writable; take: (error?: Error) => void } {
  const waiting: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void waiting.push(done),
    autoDestroy: false,
  });
  return { stream, take: (error) => waiting.shift()?.(error) };
}

const tick = () => new Promise((done) => setImmediate(done));

test("passOn: many programs add no listeners to the stream, and each waits for it", async () => {
  const { stream, take } = slowStream();
  const counts = () =>
    ["error", "drain"].map((name) => stream.listenerCount(name));
  const before = counts();
  for (let i = 0; i < 30; i++) {
    const passer = passOn(stream, () => {});
    let isTaken = false;
    const taken = Promise.resolve(passer.write(bytes))
      .then(() => isTaken = true);
    await tick();
    assertEquals(isTaken, false);
    take();
    await taken;
    passer.stop();
  }
  assertEquals(counts(), before.map((count) => count + 1));
});

test("passOn: an error is told to those who write then, once, and ends their waiting", async () => {
  const { stream, take } = slowStream();
  const told: string[] = [];
  const ended = passOn(stream, () => told.push("ended"));
  ended.stop();
  const lost = passOn(stream, ({ message }) => told.push(message));
  const taken = lost.write(bytes);
  take(new Error("disk full"));
  await taken;
  stream.emit("error", new Error("again"));
  assertEquals(told, ["disk full"]);
  assertEquals(lost.write(bytes), undefined, "dropped");
  lost.stop();
  // Nobody writes: the error of a stream that is written to must not end the process.
  stream.emit("error", new Error("late"));
  assertEquals(told, ["disk full"]);
});

test("passOn: a reader that has closed the pipe is no loss to tell", () => {
  const { stream } = slowStream();
  const told: string[] = [];
  const passer = passOn(stream, ({ message }) => told.push(message));
  stream.emit("error", Object.assign(new Error("gone"), { code: "EPIPE" }));
  assertEquals([told, passer.write(bytes)], [[], undefined]);
});
