const day = 24 * 60 * 60 * 1000;

/** The longest timer that is made in one piece, in milliseconds: 6 days with the Azure Storage backend. */
export const maximumShortTimer = 6 * day;

/** The length of one hop of a longer timer, in milliseconds: 3 days with the Azure Storage backend. */
export const longTimerInterval = 3 * day;

/** When the next hop of a timer fires that is asked at `now` for `finalFireAt`; a short timer has one hop. */
export function nextHop(now: number, finalFireAt: number): number {
  return finalFireAt - now > maximumShortTimer ? now + longTimerInterval : finalFireAt;
}

/** A duration as .NET writes it, `days.hh:mm:ss`; whole days are all we need. */
export function timeSpan(milliseconds: number): string {
  return `${milliseconds / day}.00:00:00`;
}
