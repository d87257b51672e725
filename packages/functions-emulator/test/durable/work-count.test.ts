import { expect, test } from "vitest";
import { WorkCount } from "../../src/durable/engine-deps.ts";

test("WorkCount is idle when all jobs have ended, those included that jobs began", async () => {
  const work = new WorkCount();
  const log: string[] = [];
  await work.idle();
  work.run(async () => {
    await Promise.resolve();
    work.run(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      log.push("second");
    });
    log.push("first");
  });
  await work.idle();
  expect(log).toEqual(["first", "second"]);
});
