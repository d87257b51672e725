import { expect, it } from "vitest";
import type { JobRequest } from "../../../src/lib/language/analysis.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

const UNSUPPORTED = { code: "UnsupportedLanguageCode", message: "Invalid language code 'xx'." };

/** A bench whose pipeline has a wrong language, and how to put it right. */
async function wronglySet(): Promise<{ bench: LaneBench; correct: () => void }> {
  const bench = await LaneBench.create({ language: "xx" });
  for (let n = 0; n < 30; n++) await bench.drop(`${n}.txt`, `text ${n}`);
  return { bench, correct: () => void Object.assign(bench.pipeline, { language: "de" }) };
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
  const { bench, correct } = await wronglySet();
  bench.language.script = script;
  const held = await bench.run((next) => next.status.state === "blocked");
  expect(held.status.reason?.hint).toContain("language");
  expect(await bench.failures()).toEqual([]);
  correct();
  await bench.finish(held);
  expect(await bench.results()).toHaveLength(30);
  expect((await bench.read("results", "7.txt")).document).toMatchObject({ language: "de" });
});
