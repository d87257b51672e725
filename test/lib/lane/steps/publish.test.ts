import { expect, it } from "vitest";
import { hintFor } from "../../../../src/lib/language/errors/code-rules.ts";
import { LaneBench } from "../../../helpers/lane-bench.ts";

it.each(["NetworkError", "InternalServerError"])(
  "a document given up for %s says what its owner does, not that it is tried again",
  async (code) => {
    const bench = await LaneBench.create();
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "poison")
        ? { class: "transient", code, message: "no answer", hint: hintFor(code) }
        : undefined;
    await bench.drop("d.txt", "poison");
    await bench.drop("e.txt", "fine");
    await bench.finish();
    const { error } = await bench.read("failed", "d.txt");
    expect(error).toMatchObject({ code, source: "service", hint: expect.stringContaining("POST /api/redrive") });
    expect(JSON.stringify(error)).not.toContain("Nothing to do");
  },
);
