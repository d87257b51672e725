import { expect, it } from "vitest";
import { TextCache } from "../../../src/lib/lane/store/text-cache.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const texts = (text: string) => [{ id: "0-0", text }];

it("the texts stored last are kept, as long as they are no more than a few megabytes", () => {
  const cache = new TextCache();
  for (const name of ["a", "b", "c"]) cache.put(name, texts(name.repeat(1_600_000)));
  expect(cache.get("a")).toBeUndefined();
  expect(cache.get("c")).toEqual(texts("c".repeat(1_600_000)));
  cache.put("c", texts("new"));
  expect(cache.get("b")).toBeDefined();
  expect(cache.get("c")).toEqual(texts("new"));
  cache.put("huge", texts("x".repeat(5_000_000)));
  expect(cache.get("huge")).toBeUndefined();
});

it("a batch is analysed by the process that stored its texts, and by another, alike", async () => {
  const fixture = await LaneFixture.create();
  for (const cache of [new TextCache(), undefined]) {
    const names = Array.from({ length: 30 }, (_, n) => `${cache === undefined ? "other" : "same"}/${n}.txt`);
    await Promise.all(names.map((name) => fixture.drop(name, `text of ${name}`)));
    let step = await fixture.run((next) => next.action === "submit");
    for (const _ of ["submit", "collect"]) step = await fixture.step(step, cache === undefined ? {} : { texts: cache });
    await fixture.finish(step);
  }
  expect(await fixture.results()).toHaveLength(60);
  expect([...fixture.language.timesSent.values()]).toEqual(Array(60).fill(1));
});
