import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeDocx, makePptx, paragraph } from "../../../../scripts/samples/make-office.ts";
import { makePdf } from "../../../../scripts/samples/make-pdf.ts";
import { recogniseFormat } from "../../../../src/lib/documents/formats/recognise-format.ts";
import { processorMs } from "../../../helpers/processor-time.ts";

const pdf = makePdf([[{ x: 9, y: 9, text: "x" }]]);
const docx = makeDocx(paragraph("x"));

const what = (bytes: Uint8Array | string, name: string, contentType?: string) =>
  recogniseFormat(typeof bytes === "string" ? Buffer.from(bytes) : bytes, { name, contentType });

describe("what a file is", () => {
  it.each<[string, Uint8Array | string, string]>([
    ["pdf", pdf, "a"],
    ["pdf", Buffer.concat([Buffer.from("rubbish before it\n"), pdf]), "a"],
    ["docx", docx, "a"],
    ["pptx", makePptx([]), "a"],
    ["rtf", "{\\rtf1 x}", "a"],
    ["html", "<!DOCTYPE html><p>x", "a"],
    ["html", '\ufeff\n<!-- note --><?xml version="1.0"?><html lang="en">', "a"],
    ["markdown", "# Words", "a.MD"],
    ["eml", "From: a@example.com\n\nHi", "a.eml"],
    ["json", "{}", "a.json"],
    ["text", "<p>A piece of a page</p>", "a"],
    ["text", "From: a@example.com\n\nHi", "a.txt"],
    ["other", "PK\u0003\u0004 something", "a"],
  ])("is told by its content, else by its name: %s", (format, bytes, name) => {
    expect(what(bytes, name)).toEqual({ format });
  });

  it("is told by its declared type where content and name say nothing", () => {
    expect(what("# Words", "a", "text/markdown; charset=utf-8")).toEqual({ format: "markdown" });
    expect(what("# Words", "a.txt", "text/markdown").format).toBe("text");
    expect(what("Words", "a", "application/octet-stream")).toEqual({ format: "text" });
  });

  it("is told where name or type say otherwise, in words for the record", () => {
    expect(what(pdf, "a.docx", "text/html").clash).toBe(
      "The content is read as a PDF document, though its name says a Word document (.docx) and its content type says an HTML page",
    );
    expect(what("Only words", "a.pdf").clash).toBe(
      "The content is read as plain text, though its name says a PDF document",
    );
    expect(what(docx, "a.docx", "application/octet-stream").clash).toBeUndefined();
    expect(what("# Words", "a.md", "text/plain").clash).toBeUndefined();
  });

  it("is found for any bytes and any name, in no time", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.string(),
        fc.option(fc.string(), { nil: undefined }),
        (...file) => {
          expect(what(...file).format).toMatch(/^[a-z]+$/);
        },
      ),
    );
    for (const piece of ["<!-- -->", "<!--", "<?xml ", " ", "%PDF", "<"]) {
      expect(processorMs(() => what(piece.repeat(200_000), "a"))).toBeLessThan(1000);
    }
  });
});
