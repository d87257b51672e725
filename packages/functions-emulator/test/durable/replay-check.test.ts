import { describe, expect, test } from "vitest";
import { activity, orchestrator, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);

describe("an execution that has ended is replayed once more", () => {
  test.each([
    [
      "an input that is the machine's time",
      "action 0, CallActivity .* has another input",
      orchestrator(function* (context) {
        yield context.df.callActivity(echo, { now: Date.now() });
      }),
    ],
    [
      "a random output",
      "it ends with another result",
      orchestrator(function* (context) {
        yield context.df.callActivity(echo, 1);
        return Math.random();
      }),
    ],
    [
      "a timer by the machine's time",
      "action 0, CreateTimer, has another input, time or option",
      orchestrator(function* (context) {
        yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + (Date.now() % 1000)));
      }),
    ],
    [
      "a random error",
      "it ends with another result",
      orchestrator(function* (context) {
        yield context.df.callActivity(echo, 1);
        throw new Error(String(Math.random()));
      }),
    ],
    [
      "one action less",
      "action 1 was CallActivity .* and is absent in the replay",
      (() => {
        let runs = 0;
        return orchestrator(function* (context) {
          yield context.df.callActivity(echo, 1);
          if (runs++ < 2) yield context.df.callActivity(echo, 2);
        });
      })(),
    ],
  ])("and %s shows", async (_, difference, main) => {
    const host = new TestHost();
    await host.run(main);
    expect(host.violations).toMatchObject([
      { code: "non-deterministic", message: expect.stringMatching(`does not repeat itself: ${difference}`) },
    ]);
  });

  test("which finds nothing in an orchestrator that changes its own objects", async () => {
    const main = orchestrator(function* (context) {
      const state = { count: 0 };
      for (const _ of [1, 2, 3]) {
        yield context.df.callActivity(echo, state);
        state.count++;
      }
      if (!context.df.isReplaying) context.df.setCustomStatus("live");
      return { id: context.df.newGuid("x"), at: context.df.currentUtcDateTime.toISOString() };
    });
    const host = new TestHost();
    await host.run(main);
    expect(host.violations).toEqual([]);
  });

  test("also when it continued as new", async () => {
    const main = orchestrator(function* (context) {
      if (context.df.getInput() === null) {
        yield context.df.callActivity(echo, 1);
        context.df.continueAsNew({ random: Math.random() });
      }
    });
    const host = new TestHost();
    await host.run(main);
    expect(host.violations).toMatchObject([{ code: "non-deterministic" }]);
  });

  test("unless that is switched off", async () => {
    const main = orchestrator(function* (context) {
      yield context.df.callActivity(echo, 1);
      return Math.random();
    });
    const host = new TestHost({ replayCheck: false });
    await host.run(main);
    expect(host.violations).toEqual([]);
  });
});
