/** Whether a date is one that files cannot hold, whose years have four digits. */
export function isFarDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year < 0 || year > 9999;
}
