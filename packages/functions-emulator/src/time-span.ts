const pattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/**
 * Reads a .NET `TimeSpan` text (`[d.]hh:mm[:ss[.fffffff]]`), the form in which host.json and timer schedules give
 * durations.
 *
 * @returns milliseconds, or undefined when the text is not such a duration.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, days, hours, minutes, seconds, fraction] = match;
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds ?? 0)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  return (((Number(days ?? 0) * 24 + h) * 60 + m) * 60 + s) * 1000 + Math.trunc(Number(`0.${fraction ?? 0}`) * 1000);
}
