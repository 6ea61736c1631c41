/** Which versions of SQLite are safe in WAL mode. */

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Tells whether a version of SQLite has the WAL-reset bug, by which committed rows can be lost when a
 * writer and a checkpointer race: 3.7.0 to 3.51.2, fixed in 3.51.3, 3.50.7 and 3.44.6.
 *
 * @see https://www.sqlite.org/wal.html#walresetbug
 */
export function hasWalResetBug(version: string): boolean {
  const parts = version.split(".").map(Number);
  const [, minor = 0, patch = 0] = parts;
  if (compare(parts, [3, 7, 0]) < 0 || compare(parts, [3, 51, 3]) >= 0) {
    return false;
  }
  if (minor === 50 && patch >= 7) return false;
  return !(minor === 44 && patch >= 6);
}
