import type { AnalysisClient, JobOptions } from "./analysis.ts";

/** A client that gives every job these options, where the request does not give its own. */
export function withJobOptions(
  client: AnalysisClient,
  { defaultLanguage, cancelAfter }: Readonly<JobOptions>,
): AnalysisClient {
  return {
    submit: (request) => client.submit({ defaultLanguage, cancelAfter, ...request }),
    look: (handle, tasks) => client.look(handle, tasks),
  };
}
