import { Cron } from "croner";
import { parseTimeSpan } from "../host-json.ts";
import { StartError } from "../violations.ts";

/** When a timer is due. */
export interface Schedule {
  /** The text it was made from. */
  text: string;
  /** The first due time after a time, both in milliseconds since 1970; undefined when there is none. */
  next(after: number): number | undefined;
}

/** Upper ends of the NCRONTAB fields: second, minute, hour, day, month, day of the week (Sunday is 0). */
const limits = [59, 59, 23, 31, 12, 6];

/**
 * Reads a timer's schedule: an NCRONTAB expression of six fields or a `TimeSpan` (`00:05:00`), which counts from the
 * last run.
 *
 * NCRONTAB differs from other dialects: seconds come first, both day fields must match where both are given, there is no
 * `L`, `W`, `#`, `?` or `@daily`, Sunday is 0 and not 7, and `5/10` counts from 5 to the end of the range.
 *
 * @param zone the time zone of an expression (IANA name); Azure's default is UTC.
 * @throws StartError when Azure would not understand it.
 */
export function parseSchedule(text: string, zone: string, where: string): Schedule {
  const period = parseTimeSpan(text);
  if (period !== undefined && period > 0) return { text, next: (after) => after + period };
  try {
    const cron = new Cron(toCron(text), { mode: "6-part", domAndDow: true, timezone: zone, paused: true });
    return { text, next: (after) => cron.nextRun(new Date(after))?.getTime() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `${where}: "${text}" is not a schedule (${reason}); expected six NCRONTAB fields ` +
        `"second minute hour day month weekday", such as "0 */5 * * * *", or a TimeSpan such as "00:05:00".`,
    );
  }
}

function toCron(text: string): string {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`${fields.length} fields`);
  return fields
    .map((field, index) => {
      if (!/^[\da-z*,/-]+$/i.test(field)) throw new Error(`"${field}" has a character that NCRONTAB does not know`);
      for (const word of field.match(/[a-z]+/gi) ?? []) {
        if (index < 4 || word.length !== 3) throw new Error(`"${word}" is not a name here`);
      }
      for (const number of field.split("/").flatMap((part, at) => (at === 0 ? (part.match(/\d+/g) ?? []) : []))) {
        if (Number(number) > (limits[index] ?? 0)) throw new Error(`${number} is out of range`);
      }
      return field.replace(/(^|,)(\d+)\//g, `$1$2-${limits[index]}/`);
    })
    .join(" ");
}
