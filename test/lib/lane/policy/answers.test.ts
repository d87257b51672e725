import { describe, expect, it } from "vitest";
import { blamePipelineLanguage, jobFailure, planRetries } from "../../../../src/lib/lane/policy/answers.ts";
import { newJob } from "../../../../src/lib/lane/store/batch-progress.ts";
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
