import { expect, it } from "vitest";
import { hintFor } from "../../../../src/lib/language/errors/code-rules.ts";
import { LaneFixture } from "../../../helpers/lane-fixture.ts";

it.each(["NetworkError", "InternalServerError"])(
  "a document given up for %s says what its owner does, not that it is tried again",
  async (code) => {
    const fixture = await LaneFixture.create();
    fixture.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "poison")
        ? { class: "transient", code, message: "no answer", hint: hintFor(code) }
        : undefined;
    await fixture.drop("d.txt", "poison");
    await fixture.drop("e.txt", "fine");
    await fixture.finish();
    const { error } = await fixture.read("failed", "d.txt");
    expect(error).toMatchObject({ code, source: "service", hint: expect.stringContaining("POST /api/redrive") });
    expect(JSON.stringify(error)).not.toContain("Nothing to do");
  },
);
