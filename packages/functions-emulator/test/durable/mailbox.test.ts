import { describe, expect, test } from "vitest";
import { WorkCount } from "../../src/durable/engine-deps.ts";
import { Mailbox, type Step } from "../../src/durable/mailbox.ts";

describe("Mailbox", () => {
  function turns(steps: string[], log: string[], save: () => Promise<void> = async () => void log.push("save")) {
    const work = new WorkCount();
    const plan = (): Step | undefined => {
      const name = steps.shift();
      if (name === undefined) return undefined;
      return async () => {
        log.push(`step ${name}`);
        return () => void log.push(`effects of ${name}`);
      };
    };
    return { work, turns: new Mailbox({ plan, save, work, onError: (error) => log.push(String(error)) }) };
  }

  test("each step is saved before its effects are let out", async () => {
    const log: string[] = [];
    const { work, turns: taken } = turns(["a", "b"], log);
    taken.kick();
    taken.kick();
    await work.idle();
    expect(log).toEqual(["step a", "save", "effects of a", "step b", "save", "effects of b"]);
  });

  test("what is to be saved is saved with the next step, or by itself if there is none", async () => {
    const log: string[] = [];
    const steps = ["a"];
    const { turns: taken } = turns(steps, log);
    await Promise.all([taken.saved(), taken.saved()]);
    await taken.saved();
    expect(log).toEqual(["step a", "save", "effects of a", "save"]);
  });

  test("a step that could not be saved has no effects, and whoever waits is told", async () => {
    const log: string[] = [];
    const { turns: taken } = turns(["a"], log, () => Promise.reject(new Error("disk full")));
    const first = taken.saved();
    const second = Promise.resolve().then(() => taken.saved());
    await expect(first).rejects.toThrow("disk full");
    await expect(second).rejects.toThrow("disk full");
    expect(log).toEqual(["step a", "Error: disk full"]);
  });

  test("a step that comes while the last one is being saved is not forgotten", async () => {
    const log: string[] = [];
    const steps = ["a"];
    const { work, turns: taken } = turns(steps, log, async () => {
      log.push("save");
      if (!log.includes("step late")) steps.push("late");
      taken.kick();
    });
    taken.kick();
    await work.idle();
    expect(log).toEqual(["step a", "save", "effects of a", "step late", "save", "effects of late"]);
  });
});
