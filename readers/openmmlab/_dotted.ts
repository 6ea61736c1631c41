/** Returns the part of a dotted name before its first dot. */
export function rootOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}
