import { expect, it } from "vitest";
import type { JobRequest } from "../../../src/lib/language/analysis.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const UNSUPPORTED = { code: "UnsupportedLanguageCode", message: "Invalid language code 'xx'." };

/** A fixture whose pipeline has a wrong language, and how to put it right. */
async function wronglySet(): Promise<{ fixture: LaneFixture; correct: () => void }> {
  const fixture = await LaneFixture.create({ language: "xx" });
  for (let n = 0; n < 30; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
  return { fixture, correct: () => void Object.assign(fixture.pipeline, { language: "de" }) };
}

const isWrong = ({ documents }: JobRequest): boolean => documents.some(({ language }) => language === "xx");

it.each([
  [
    "in its answers",
    { onDocument: ({ language }: { language?: string | undefined }) => (language === "xx" ? UNSUPPORTED : undefined) },
  ],
  [
    "at the door",
    {
      onSubmit: (request: JobRequest) =>
        isWrong(request)
          ? { class: "document" as const, certain: false, hint: "Set language", ...UNSUPPORTED }
          : undefined,
    },
  ],
])("a wrong language, refused %s, blocks the lane and costs no document", async (_, script) => {
  const { fixture, correct } = await wronglySet();
  fixture.language.script = script;
  const held = await fixture.run((next) => next.status.state === "blocked");
  expect(held.status.reason?.hint).toContain("language");
  expect(await fixture.failures()).toEqual([]);
  correct();
  await fixture.finish(held);
  expect(await fixture.results()).toHaveLength(30);
  expect((await fixture.read("results", "7.txt")).document).toMatchObject({ language: "de" });
});
