import { setTimeout as sleep } from "node:timers/promises";
import { firstStep, type LaneAddress, type LaneStatus, type LaneStep, laneInstanceId } from "./lane.ts";

/** What is needed of Durable Functions to open a lane. */
export interface LaneHost {
  /** Undefined when the lane never ran, or ran to its end. */
  runningStatus(instanceId: string): Promise<LaneStatus | undefined>;
  /** Starts a lane. A refusal because it runs already is success. */
  start(instanceId: string, step: LaneStep): Promise<void>;
}

/** What is needed of it to see where the lanes are. */
export interface LaneStatuses {
  /** The running lanes of all pipelines, by instance id: one request. */
  runningStatuses(): Promise<ReadonlyMap<string, LaneStatus>>;
}

/** What is needed of it to restart a lane that is lost. */
export interface LaneControl extends LaneHost, LaneStatuses {
  /** Ends a lane from outside, and waits until it has ended. */
  terminate(instanceId: string, reason: string): Promise<void>;
}

/** How long a lane found open is taken to be open: shorter than a lane stays open after saying that it closes. */
const REMEMBER_MS = 2_000;
/** Clocks of two machines may differ by this, and a timer of Durable Functions may fire a second early. */
const MARGIN_MS = 2_500;
/** A lane that is about to close is watched for so long; after that the sweep opens it. */
const WATCH_MS = 5_000;

export interface LaneOpenerOptions {
  now?: () => number;
  wait?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Makes sure that a lane is open and will look at the queue once more. Remembers for a few seconds that it was, and has
 * all who ask at once wait for one answer, so that most documents of a burst cost no call at all.
 *
 * A lane that found the queue empty says in its status until when it stays open. A message written before then is
 * seen by its last look; one written later must wait until the lane has ended, and then open it anew.
 */
export class LaneOpener {
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<unknown>;
  readonly #openUntil = new Map<string, number>();
  /** Lanes about which Durable Functions are being asked. */
  readonly #opening = new Map<string, Promise<void>>();

  constructor({ now = Date.now, wait = sleep }: LaneOpenerOptions = {}) {
    this.#now = now;
    this.#wait = wait;
  }

  /** Call it after the message is on the queue. */
  async open(host: LaneHost, address: LaneAddress): Promise<void> {
    const id = laneInstanceId(address);
    const asked = this.#now();
    let other = this.#opening.get(id);
    while (other !== undefined && !this.#isOpen(id)) {
      await other; // what it finds out, or that it cannot, holds for all
      other = this.#opening.get(id);
    }
    if (this.#isOpen(id)) return;
    const opening = this.#ask(host, address, asked);
    this.#opening.set(id, opening);
    try {
      await opening;
    } finally {
      this.#opening.delete(id);
    }
  }

  #isOpen(id: string): boolean {
    return (this.#openUntil.get(id) ?? 0) > this.#now();
  }

  async #ask(host: LaneHost, address: LaneAddress, asked: number): Promise<void> {
    const id = laneInstanceId(address);
    for (;;) {
      const status = await host.runningStatus(id);
      if (status === undefined) {
        await host.start(id, firstStep(address));
        this.#openUntil.set(id, this.#now() + REMEMBER_MS);
        return;
      }
      const closesAt = status.state === "closing" ? Date.parse(status.nextPollAt ?? "") : Number.POSITIVE_INFINITY;
      if (closesAt - MARGIN_MS > this.#now()) {
        this.#openUntil.set(id, Math.min(this.#now() + REMEMBER_MS, closesAt - MARGIN_MS));
        return;
      }
      if (this.#now() - asked > WATCH_MS) return;
      await this.#wait(250);
    }
  }
}
