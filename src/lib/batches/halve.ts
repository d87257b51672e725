import { type BatchJob, newJob } from "./progress.ts";

/** Puts two jobs with half of the documents each in the place of one, to find the document that spoils it. */
export function halve(jobs: BatchJob[], job: BatchJob): void {
  const middle = Math.ceil(job.chunks.length / 2);
  const halves = [job.chunks.slice(0, middle), job.chunks.slice(middle)].map((chunks, index) => ({
    ...newJob(`${job.id}${index === 0 ? "a" : "b"}`, job.request, chunks, job),
    requests: index === 0 ? job.requests : 0,
  }));
  jobs.splice(jobs.indexOf(job), 1, ...halves);
}
