import { expect, it } from "vitest";
import type { AnalysisClient, JobRequest, JobState } from "../../../src/lib/language/analysis.ts";
import { withJobOptions } from "../../../src/lib/language/analysis-client.ts";

const HANDLE = { jobId: "j-1", operationLocation: "https://x.test/j-1" };

it("gives every job the pipeline's options, and looks at jobs as before", async () => {
  const submitted: JobRequest[] = [];
  const state = { jobId: "j-1" } as JobState;
  const client: AnalysisClient = {
    async submit(request) {
      submitted.push(request);
      return HANDLE;
    },
    getJob: async (handle) => (handle === HANDLE ? state : expect.unreachable()),
    detectLanguages: async (texts) =>
      new Map(texts.map(({ id }) => [id, { code: "de", name: "German", confidenceScore: 1 }])),
  };
  const bound = withJobOptions(client, { defaultLanguage: "de", cancelAfter: 60 });
  expect(await bound.submit({ documents: [], tasks: [] })).toBe(HANDLE);
  expect((await bound.detectLanguages([{ id: "0", text: "Hallo" }])).get("0")?.code).toBe("de");
  await bound.submit({ documents: [], tasks: [], cancelAfter: 5 });
  await withJobOptions(client, {}).submit({ documents: [], tasks: [] });
  expect(submitted).toEqual([
    { documents: [], tasks: [], defaultLanguage: "de", cancelAfter: 60 },
    { documents: [], tasks: [], defaultLanguage: "de", cancelAfter: 5 },
    { documents: [], tasks: [] },
  ]);
  expect(await bound.getJob(HANDLE, [])).toBe(state);
});
