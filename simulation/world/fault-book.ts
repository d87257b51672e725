import type { Fault } from "../plan/fault.ts";
import type { StorageOperation } from "../storage/storage.ts";

type Kind = Fault["kind"];
type Of<K extends Kind> = Extract<Fault, { kind: K }>;

/** The faults of a run, each spent when it has struck as often as it should. */
export class FaultBook {
  readonly struck = new Map<Kind, number>();
  /** When single faults struck, milliseconds since the beginning, and for how long. */
  readonly strikes: { kind: Kind; at: number; seconds: number }[] = [];
  readonly #waiting: { fault: Fault; left: number }[];
  /** No fault begins any more. */
  isOver = false;
  #next: number;

  constructor(faults: readonly Fault[]) {
    this.#waiting = faults.map((fault) => ({ fault, left: timesOf(fault) }));
    this.#next = Math.min(...faults.map(({ at }) => at), Number.POSITIVE_INFINITY);
  }

  /** The first fault of a kind that is due and fits, which is spent by that. @param now milliseconds since the beginning */
  take<K extends Kind>(kind: K, now: number, fits: (fault: Of<K>) => boolean = () => true): Of<K> | undefined {
    if (this.isOver || now < this.#next) return undefined;
    const found = this.#waiting.find(
      ({ fault, left }) => fault.kind === kind && left > 0 && fault.at <= now && fits(fault as Of<K>),
    );
    if (found === undefined) return undefined;
    found.left--;
    if (found.left === 0) this.#waiting.splice(this.#waiting.indexOf(found), 1);
    this.#next = Math.min(...this.#waiting.map(({ fault }) => fault.at), Number.POSITIVE_INFINITY);
    this.count(kind);
    const { fault } = found;
    this.strikes.push({ kind, at: now, seconds: "seconds" in fault ? fault.seconds : 0 });
    return fault as Of<K>;
  }

  /** A fault of a kind that lasts, and does now. */
  lasting<K extends "storageOutage">(kind: K, now: number): boolean {
    if (this.isOver || now < this.#next) return false;
    return this.#waiting.some(
      ({ fault }) => fault.kind === kind && fault.at <= now && now < fault.at + fault.seconds * 1000,
    );
  }

  count(kind: Kind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
  }
}

function timesOf(fault: Fault): number {
  if (fault.kind === "storage") return fault.tries;
  if (fault.kind === "callRefused" || fault.kind === "callLost" || fault.kind === "answerLost") return fault.calls;
  return fault.kind === "sweepSkipped" ? fault.times : 1;
}

/** Whether an operation is one that a fault is about. */
export function isAbout(
  { kinds, about }: { kinds?: readonly string[]; about?: string },
  operation: StorageOperation,
): boolean {
  if (kinds !== undefined && !kinds.includes(operation.kind)) return false;
  return about === undefined || `${operation.place}/${operation.name}`.includes(about);
}
