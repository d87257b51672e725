import type { JobLimits } from "../../language/limits.ts";

/** What a part of a document takes up in a job. */
export interface Packable {
  textElements: number;
  bodyBytes: number;
}

interface OpenJob<T> {
  items: T[];
  textElements: number;
  bodyBytes: number;
}

/** More open jobs fill better, but each holds its texts in memory. */
const OPEN_JOBS = 4;

/**
 * Fills jobs one item at a time, so that only a few jobs' texts are in memory: an item goes where it leaves the least
 * room (best fit), and into a new job only when it fits nowhere. Items of one size keep their order.
 */
export class JobPacker<T extends Packable> {
  readonly #limits: JobLimits;
  readonly #open: OpenJob<T>[] = [];
  /** Jobs begun so far. */
  jobs = 0;

  constructor(limits: JobLimits) {
    this.#limits = limits;
  }

  /**
   * Places an item.
   * @returns the jobs that are full now
   * @throws RangeError when the item alone is over the limits
   */
  add(item: T): T[][] {
    if (item.textElements > this.#limits.textElements || item.bodyBytes > this.#limits.bodyBytes) {
      throw new RangeError(
        `A chunk of ${item.textElements} text elements and ${item.bodyBytes} bytes fits no job ` +
          `(${this.#limits.textElements} text elements, ${this.#limits.bodyBytes} bytes)`,
      );
    }
    const full: T[][] = [];
    let job = this.#bestFit(item);
    if (job === undefined) {
      if (this.#open.length === OPEN_JOBS) full.push(this.#close(this.#fullest()));
      job = { items: [], textElements: 0, bodyBytes: 0 };
      this.#open.push(job);
      this.jobs++;
    }
    job.items.push(item);
    job.textElements += item.textElements;
    job.bodyBytes += item.bodyBytes;
    if (job.items.length === this.#limits.documents) full.push(this.#close(job));
    return full;
  }

  /** The jobs still open, to be sent as they are. */
  flush(): T[][] {
    return this.#open.splice(0).map((job) => job.items);
  }

  #bestFit(item: T): OpenJob<T> | undefined {
    let best: OpenJob<T> | undefined;
    for (const job of this.#open) {
      const fits =
        job.textElements + item.textElements <= this.#limits.textElements &&
        job.bodyBytes + item.bodyBytes <= this.#limits.bodyBytes;
      if (fits && (best === undefined || job.textElements > best.textElements)) best = job;
    }
    return best;
  }

  #fullest(): OpenJob<T> {
    return this.#open.reduce((fullest, job) => (job.textElements > fullest.textElements ? job : fullest));
  }

  #close(job: OpenJob<T>): T[] {
    this.#open.splice(this.#open.indexOf(job), 1);
    return job.items;
  }
}
