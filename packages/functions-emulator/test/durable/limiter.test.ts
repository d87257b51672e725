import { expect, test } from "vitest";
import { Limiter } from "../../src/durable/limiter.ts";

test("Limiter goes on after a job that failed, in the order of coming", async () => {
  const limiter = new Limiter(1);
  const order: number[] = [];
  const job = (number: number) =>
    limiter.run(async () => {
      order.push(number);
      if (number === 1) throw new Error("failed");
    });
  const outcomes = await Promise.allSettled([job(0), job(1), job(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(order).toEqual([0, 1, 2]);
});
