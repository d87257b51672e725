import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../infra/bicep-file.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const readme = read("README.md");

/** What Microsoft's gallery of azd templates asks of a repository: https://github.com/microsoft/template-validation-action, src/rules.json. */
describe("the rules of azd's template gallery", () => {
  it.each([
    "README.md",
    "LICENSE",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "azure.yaml",
    ".github/ISSUE_TEMPLATE",
    ".github/workflows/azure-dev.yml",
    ".devcontainer/devcontainer.json",
    "infra",
  ])("want %s", (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  it.each(["Features", "Getting Started", "Guidance", "Resources"])("want the section %s in the README", (title) => {
    expect(readme).toMatch(new RegExp(`^## ${title}$`, "m"));
  });

  it("want cost, security and regions in it", () => {
    const guidance = /^## Guidance\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
    expect(guidance).toMatch(/^### Cost$/m);
    expect(guidance).toMatch(/^### Security\n\n\*\*Important security notice\.\*\*/m);
    expect(readme).toContain("**Regions.**");
  });
});

describe("the regions of the README", () => {
  const table = /<!-- regions -->(.*?)<!-- \/regions -->/s.exec(readme)?.[1] ?? "";
  const regions = (row: string) =>
    [
      ...(table
        .split("\n")
        .find((line) => line.startsWith(`| ${row}`))
        ?.matchAll(/`([a-z0-9]+)`/g) ?? []),
    ].map(([, name = ""]) => name);
  const [training, using] = [regions("train and use"), regions("use only")];

  it("are sorted, and in one list only", () => {
    expect([training.length, using.length]).toEqual([12, 21]);
    for (const list of [training, using]) expect(list).toEqual(list.toSorted());
    expect(training.filter((name) => using.includes(name))).toEqual([]);
  });

  it("that train are those that the templates let train", () => {
    const { authoring } = z
      .looseObject({ authoring: z.looseObject({ names: z.array(z.string()) }) })
      .parse(JSON.parse(read("infra/regions.json")));
    expect(training).toEqual(authoring.names);
  });

  it("that train hold the one of the commands, so that whoever adds authoring to them can train", () => {
    const [, location = ""] = /^LOCATION=(\w+)$/m.exec(readme) ?? [];
    expect(training).toContain(location);
  });

  it.each(globSync("infra/examples/*.parameters.json", { cwd: ROOT }))(
    "that train hold that of %s, where it trains",
    (path) => {
      const value = z.looseObject({ value: z.unknown() }).optional();
      const { parameters } = z
        .looseObject({ parameters: z.looseObject({ authoring: value, location: value }) })
        .parse(JSON.parse(read(path)));
      if (parameters.authoring?.value === true) expect(training).toContain(parameters.location?.value);
      else expect([...training, ...using]).toContain(parameters.location?.value);
    },
  );
});

describe("AGENTS.md", () => {
  const agents = read("AGENTS.md");

  it.each([...agents.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) => cell.match(/[^`, ]+/g) ?? []))(
    "names %s, which is there",
    (path) => {
      expect(existsSync(join(ROOT, path))).toBe(true);
    },
  );

  it.each([...agents.matchAll(/\]\(([^):#]+)\)/g)].map(([, path = ""]) => path))("links to %s", (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });
});
