/** Runs `fn` and returns what it printed with a method of the console. */
export function captureConsole(
  method: "log" | "warn",
  fn: () => void,
): string[] {
  const lines: string[] = [];
  const original = console[method];
  console[method] = (...args: unknown[]) => void lines.push(args.join(" "));
  try {
    fn();
  } finally {
    console[method] = original;
  }
  return lines;
}
