import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./job.ts";

/** Where accepted jobs are kept. */
export interface JobStore {
  save(job: Job): void;
  load(id: string): Job | undefined;
  delete(id: string): void;
  all(): Iterable<Job>;
}

/** Keeps jobs until the process ends. */
export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<string, Job>();

  save(job: Job): void {
    this.#jobs.set(job.id, job);
  }

  load(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  delete(id: string): void {
    this.#jobs.delete(id);
  }

  all(): Iterable<Job> {
    return this.#jobs.values();
  }
}

/** Keeps each job in a JSON file, so that jobs outlive the process. A file appears whole or not at all. */
export class FileJobStore implements JobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  save(job: Job): void {
    const path = this.#path(job.id);
    writeFileSync(`${path}.new`, JSON.stringify(job));
    renameSync(`${path}.new`, path);
  }

  load(id: string): Job | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), "utf8")) as Job;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  delete(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  *all(): Iterable<Job> {
    for (const name of readdirSync(this.#folder)) {
      const job = name.endsWith(".json") ? this.load(name.slice(0, -".json".length)) : undefined;
      if (job !== undefined) yield job;
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
