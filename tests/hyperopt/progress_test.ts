import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Progress } from "@ato/ato/hyperopt";

test("Progress: piped, it writes a line at each tenth, even if there are fewer steps than tenths", () => {
  for (const [total, lines] of [[100, 10], [10, 10], [3, 3], [1, 1]] as const) {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text) };
    const progress = new Progress({ total, stream, now: () => 0 });
    for (let i = 0; i < total; i++) progress.advance();
    progress.finish();
    assertEquals(written.length, lines, `${total} steps`);
    assertEquals(written.at(-1), `${total} of ${total}, 0 s\n`);
  }
});

test("Progress: on a terminal, it draws one line that fits, at most ten times a second, full at the end", () => {
  let [text, time] = ["", 0];
  const stream = {
    isTTY: true,
    columns: 60,
    write: (more: string) => text += more,
  };
  const progress = new Progress({ total: 1000, stream, now: () => time });
  for (let i = 0; i < 1000; i++) {
    time += 1;
    progress.advance(`a note\u001b[2J that is ${"long ".repeat(20)}`);
  }
  progress.finish();
  const pictures = text.split("\r").slice(1);
  assert(pictures.length <= 13, `${pictures.length} pictures`);
  for (const picture of pictures) {
    assertEquals(picture.indexOf("\u001b[2K"), 0);
    const shown = picture.slice(4).trimEnd();
    assert([...shown].length < 60, shown);
    assert(!shown.includes("\u001b"));
  }
  assert(text.endsWith("\n") && pictures.at(-1)!.includes("1000 of 1000"));
});

test("Progress: a total that is not a whole number is refused", () => {
  for (const total of [0, -1, 1.5, NaN]) {
    assertThrows(() => new Progress({ total }), RangeError, "total");
  }
});
