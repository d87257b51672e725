import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readGuide } from "../../scripts/page/guide.ts";
import { BANNER_KINDS } from "../../src/page/banner-kinds.ts";
import { ROOT } from "../infra/bicep-file.ts";

const guide = readGuide(readFileSync(join(ROOT, "docs/operations.md"), "utf8"));

describe("the chapter Banners of docs/operations.md", () => {
  it("has a section for each banner that the page can show, in the page's order, and none besides", () => {
    expect(guide.map(({ title }) => title)).toEqual(Object.values(BANNER_KINDS).map(({ title }) => title));
  });

  it.each(guide)("$title: is short, and has the command that ends it", ({ blocks }) => {
    const commands = blocks.flatMap((block) => ("command" in block ? [block.command] : []));
    expect(commands).not.toEqual([]);
    for (const command of commands) expect(command).toMatch(/^(?:az|azd|curl|npm) /);
    expect(JSON.stringify(blocks).length).toBeLessThan(1_400);
  });
});

describe("readGuide", () => {
  it("gives words, code, links, lists and commands, and knows no other chapter", () => {
    const page = [
      "## Banners\n\nIntroduction.\n",
      "### One\n\nSet `A` in\nthe [README](../README.md), *now*.\n\n- first\n- `second`\n\n```sh\naz login\n```\n",
      "## Alerts\n\n### `other`\n",
    ];
    expect(readGuide(page.join("\n"))).toEqual([
      {
        title: "One",
        blocks: [
          { text: ["Set ", { code: "A" }, " in the ", { link: "README", to: "../README.md" }, ", now."] },
          { list: [["first"], [{ code: "second" }]] },
          { command: "az login" },
        ],
      },
    ]);
  });

  it("refuses what the page could not show", () => {
    expect(() => readGuide("## Banners\n\n### One\n\n| a | b |\n")).toThrow(
      'the section "One" holds what the page cannot show',
    );
  });
});
