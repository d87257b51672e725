import { describe, expect, it } from "vitest";
import { answersOf, blamePipelineLanguage, jobFailure, planRetries } from "../../../../src/lib/lane/policy/answers.ts";
import { newJob } from "../../../../src/lib/lane/store/batch-progress.ts";
import type { JobState, ServiceError } from "../../../../src/lib/language/analysis.ts";
import { classifyServiceError } from "../../../../src/lib/language/errors/classify.ts";
import type { ChunkOutcome } from "../../../../src/lib/results/merge/parts.ts";

const REFUSED = {
  code: "InvalidArgument",
  message: "Invalid Language Code.",
  innererror: { code: "UnsupportedLanguageCode", message: "Invalid language code 'xx'. Supported languages: en,es." },
};

const answered = (task: string): ChunkOutcome => ({ task, status: "succeeded", about: {} });
const refused = (task: string): ChunkOutcome => ({ task, status: "failed", about: {}, error: REFUSED });
const judge = (chunks: Record<string, ChunkOutcome[]>, language: string | null | undefined) => {
  const answers = { at: "", attempts: 1, chunks: blamePipelineLanguage(chunks, { language }) };
  const failure = jobFailure(answers);
  return {
    whole: failure && classifyServiceError(failure.error),
    retries: planRetries(newJob("j", "r", Object.keys(chunks)), answers).map(({ tasks, chunks: all }) => ({
      tasks,
      all,
    })),
  };
};

describe("a language that a task does not take", () => {
  it("is the setting's fault when the pipeline set it and the task took no text in it", () => {
    const { whole } = judge({ "0-0": [refused("a")], "1-0": [refused("a")] }, "xx");
    expect(whole).toMatchObject({
      class: "blocked",
      code: "UnsupportedPipelineLanguage",
      message: `Task "a" does not take the language of the pipeline, "xx": ${REFUSED.innererror.message}`,
      hint: expect.stringContaining("Set language of the pipeline"),
    });
  });

  it("is asked about again alone when the other tasks take it", () => {
    const outcomes = [answered("a"), refused("b")];
    expect(judge({ "0-0": outcomes, "1-0": outcomes }, "xx")).toEqual({
      whole: undefined,
      retries: [{ tasks: ["b"], all: ["0-0", "1-0"] }],
    });
  });

  it.each([
    ["the task took another text in it", { "0-0": [refused("a")], "1-0": [answered("a")] }, "xx"],
    ["the service found it out", { "0-0": [refused("a")] }, "auto"],
    ["the pipeline set none", { "0-0": [refused("a")] }, null],
    ["nobody wrote down what was set", { "0-0": [refused("a")] }, undefined],
  ])("is the document's when %s", (_, chunks, language) => {
    expect(judge(chunks, language)).toEqual({ whole: undefined, retries: [] });
  });
});

describe("an error about a document that the job does not have", () => {
  it("is about every document that has no answer and no error of its own", () => {
    const [own, other] = ["own", "other"].map((code) => ({ code, message: code }));
    const task = {
      name: "t",
      kind: "KeyPhraseExtraction",
      status: "succeeded",
      about: {},
      documents: new Map([["0-0", { content: {}, warnings: [] }]]),
      errors: new Map(
        [
          ["1-0", own],
          ["77", other],
        ].filter((entry): entry is [string, ServiceError] => entry[1] !== undefined),
      ),
    } as const;
    const at = "2025-03-01T12:00:00Z";
    const state: JobState = {
      jobId: "j",
      status: "succeeded",
      finished: true,
      createdDateTime: at,
      lastUpdatedDateTime: at,
      errors: [],
      tasks: [task],
      requests: 1,
    };
    const ticket = { jobId: "j", operationLocation: "", endpoint: "", apiVersion: "", tasks: [], submittedAt: at };
    const { chunks } = answersOf(newJob("j", "r", ["0-0", "1-0", "2-0"]), ticket, state);
    expect(Object.values(chunks).map(([outcome]) => outcome?.error?.code)).toEqual([undefined, "own", "other"]);
  });
});
