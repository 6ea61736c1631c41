/** Tells whether the year of a date has more than four digits, which files cannot hold. */
export function isFarDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year < 0 || year > 9999;
}
