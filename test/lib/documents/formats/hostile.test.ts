import { describe, expect, it } from "vitest";
import { DocumentError } from "../../../../src/lib/documents/document.ts";
import { extractText } from "../../../../src/lib/documents/formats/extract-text.ts";
import { hostileFiles } from "./hostile-files.ts";
import { LIMITS } from "./limits.ts";

const files = hostileFiles();

describe("files made to do harm, or broken on their way", () => {
  it("are more than sixty, each of another name", () => {
    expect(files.length).toBeGreaterThan(60);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  });

  it.each(files)("$name ends as $ends", async ({ name, bytes, ends }) => {
    const outcome = await extractText(bytes, { name }, { settings: { jsonText: "text" }, limits: LIMITS }).catch(
      (error: unknown) => error,
    );
    if (outcome instanceof DocumentError) {
      expect(`${outcome.code}: ${outcome.message}`).toMatch(new RegExp(`^${ends}: `));
      expect(outcome.hint).not.toBe("");
    } else {
      expect(outcome).toMatchObject({ text: expect.stringMatching(/\S/) });
      expect(ends).toBe("text");
    }
  });
});
