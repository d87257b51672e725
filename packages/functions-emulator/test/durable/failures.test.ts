import { expect, test } from "vitest";
import { activityFailure } from "../../src/durable/history.ts";
import { activity, df, orchestrator, TestHost } from "../../src/testing.ts";

const fails = activity(() => {
  throw new TypeError("boom", { cause: new RangeError("deep") });
});
const child = orchestrator(function* (context) {
  yield context.df.callActivity(fails);
});
const main = orchestrator(function* (context) {
  const seen: unknown[] = [];
  for (const task of [context.df.callActivity(fails), context.df.callSubOrchestrator(child)]) {
    try {
      yield task;
    } catch (error) {
      const known = error instanceof df.TaskFailedError ? error.failureDetails : undefined;
      seen.push([String(error), known?.errorType ?? null, known?.innerFailure?.errorType ?? null]);
    }
  }
  return seen;
});

test("without failure details the orchestrator sees an error with reason and details", async () => {
  const host = new TestHost();
  expect((await host.run(main)).output).toEqual([
    [expect.stringMatching(/^Error: Activity function '.*' failed: boom \n TypeError: boom\n/), null, null],
    [
      expect.stringMatching(/^Error: Orchestrator function '.*' failed: Activity function '.*' failed: boom/),
      null,
      null,
    ],
  ]);
  expect(host.violations).toEqual([]);
});

test("with failure details it sees a TaskFailedError", async () => {
  const host = new TestHost({ failureDetails: true });
  expect((await host.run(main)).output).toEqual([
    ["TaskFailedError: TypeError: boom", "TypeError", "RangeError"],
    [
      expect.stringMatching(/OrchestrationFailureException: Orchestrator function '.*' failed/),
      "OrchestrationFailureException",
      null,
    ],
  ]);
});

test.each([["text"], [undefined], [{ not: "an error" }]])("%j can be thrown", (thrown) => {
  const failure = activityFailure("work", thrown, true);
  expect(failure).toMatchObject({
    Reason: `Activity function 'work' failed: ${String(thrown)}`,
    FailureDetails: { ErrorType: "Error", ErrorMessage: String(thrown), IsNonRetriable: false },
  });
});
