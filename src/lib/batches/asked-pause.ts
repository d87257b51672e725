/** However long the service asks to wait, in seconds. */
const LONGEST = 3_600;

/** The pause that the service asked for, seconds; undefined when it is none: a pause of its own that grows is due then. */
export function askedPause(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds > 0 ? Math.min(seconds, LONGEST) : undefined;
}
