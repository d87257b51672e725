import type { Job } from "./jobs/job.ts";
import { textRecords } from "./limits.ts";
import { textHash } from "./text.ts";

/** What the emulator has done so far, as `GET /_emulator/stats` answers it. */
export interface StatisticsReport {
  /** By operation: `POST /language/analyze-text/jobs`, … */
  requests: Record<string, number>;
  /** By status; dropped connections count as `dropped`. */
  answers: Record<string, number>;
  jobs: { accepted: number; cancelled: number };
  /** Documents in accepted jobs. */
  documents: number;
  /** What the accepted jobs would be billed, summed over tasks. */
  textRecords: number;
  /** How often each text (SHA-256 of its UTF-8) was analysed by each task. Counted when a job is accepted. */
  analyses: { textHash: string; task: string; count: number }[];
  /** Training jobs by project. Counted when a job is accepted, however it ends. */
  trainings: Record<string, number>;
}

/** Counts requests, jobs and analyses. */
export class Statistics {
  #requests = new Map<string, number>();
  #answers = new Map<string, number>();
  #analyses = new Map<string, number>();
  #trainings = new Map<string, number>();
  #accepted = 0;
  #cancelled = 0;
  #documents = 0;
  #textRecords = 0;

  countRequest(operation: string): void {
    increase(this.#requests, operation);
  }

  countAnswer(status: number | "dropped"): void {
    increase(this.#answers, String(status));
  }

  /** Counts an accepted job, also one found in a file store at the start. */
  countJob(job: Job): void {
    this.#accepted++;
    this.#documents += Math.max(0, ...job.tasks.map(({ documents }) => documents.length));
    for (const { documents } of job.tasks) {
      for (const { content, characters } of documents) {
        if (content !== undefined && characters > 0) this.#textRecords += textRecords(characters);
      }
    }
    for (const { textHash: hash, task } of job.analyses) increase(this.#analyses, `${hash} ${task}`);
  }

  /** Counts documents that were analysed at once, without a job. */
  countAtOnce(task: string, documents: readonly { text: string; characters: number }[]): void {
    this.#documents += documents.length;
    for (const { text, characters } of documents) {
      this.#textRecords += textRecords(characters);
      increase(this.#analyses, `${textHash(text)} ${task}`);
    }
  }

  /** Counts an accepted training job, also one found in a file store at the start. */
  countTraining(project: string): void {
    increase(this.#trainings, project);
  }

  countCancelled(): void {
    this.#cancelled++;
  }

  /** Starts again from nothing. */
  reset(): void {
    this.#requests = new Map();
    this.#answers = new Map();
    this.#analyses = new Map();
    this.#trainings = new Map();
    this.#accepted = 0;
    this.#cancelled = 0;
    this.#documents = 0;
    this.#textRecords = 0;
  }

  report(): StatisticsReport {
    return {
      requests: Object.fromEntries(this.#requests),
      answers: Object.fromEntries(this.#answers),
      jobs: { accepted: this.#accepted, cancelled: this.#cancelled },
      documents: this.#documents,
      textRecords: this.#textRecords,
      analyses: [...this.#analyses].map(([key, count]) => {
        const [hash = "", ...task] = key.split(" ");
        return { textHash: hash, task: task.join(" "), count };
      }),
      trainings: Object.fromEntries(this.#trainings),
    };
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
