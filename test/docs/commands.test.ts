import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT, readBicep } from "../infra/bicep-file.ts";
import { callsOf, shellTexts, type Words } from "./shell-commands.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const texts = shellTexts();

/** What az and azd take, as far as it is used here; each with the page of the reference that says so. */
const reference = z
  .object({
    read: z.iso.date(),
    everywhere: z.object({ az: z.array(z.string()), azd: z.array(z.string()) }),
    commands: z.record(z.string(), z.object({ source: z.url(), options: z.array(z.string()) })),
  })
  .parse(JSON.parse(read("test/docs/command-line-reference.json")));

const workflowSteps = globSync(".github/workflows/*.yml", { cwd: ROOT }).flatMap((file) => {
  const { jobs } = z
    .looseObject({
      jobs: z.record(z.string(), z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional() })) })),
    })
    .parse(parse(read(file)));
  return Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => ({ file, text: run })));
});
const scripts = [
  ...globSync("scripts/*.sh", { cwd: ROOT }).map((file) => ({ file, text: read(file) })),
  // PowerShell goes on in the next line after a backtick, where a shell has a backslash.
  ...globSync("scripts/*.ps1", { cwd: ROOT }).map((file) => ({ file, text: read(file).replaceAll(/`\n\s*/g, "") })),
];
const calls = [...texts, ...workflowSteps, ...scripts].flatMap(({ file, text }) =>
  (["az", "azd"] as const).flatMap((program) =>
    callsOf(text, program).map((words) => ({ file, program, words, line: words.join(" ") })),
  ),
);

/** The command of the table that a call begins with. */
const commandOf = (words: Words) =>
  Object.keys(reference.commands)
    .filter((name) => `${words.join(" ")} `.startsWith(`${name} `))
    .sort((a, b) => b.length - a.length)[0];
/** Whether a span of text only names a group of commands, like `az deployment`. */
const namesGroup = (line: string) => Object.keys(reference.commands).some((name) => name.startsWith(`${line} `));
const optionsOf = (words: Words) =>
  words.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*$/s, ""));

describe("the commands of the documents, the scripts and the workflows", () => {
  it("are many, so that nothing below is checked against nothing", () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(calls.filter(({ program }) => program === "azd").length).toBeGreaterThan(8);
  });

  it.each(calls)("$file: $line is spelled as in the reference", ({ words, program, line }) => {
    const command = commandOf(words);
    if (command === undefined) return expect(namesGroup(line), `${line} is not in the table`).toBe(true);
    const known = [...(reference.commands[command]?.options ?? []), ...reference.everywhere[program]];
    expect(optionsOf(words).filter((option) => !known.includes(option))).toEqual([]);
  });

  it("use every command and option of the table, so that it holds nothing that nobody checks", () => {
    for (const [name, { options }] of Object.entries(reference.commands)) {
      const used = calls.filter(({ words }) => commandOf(words) === name).flatMap(({ words }) => optionsOf(words));
      expect(
        calls.some(({ words }) => commandOf(words) === name),
        name,
      ).toBe(true);
      expect(
        options.filter((option) => !used.includes(option)),
        name,
      ).toEqual([]);
    }
  });
});

describe.each(texts.filter(({ block }) => block))("a block of $file", ({ text }) => {
  it("is parsed by bash", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
    expect({ status, stderr }, text).toEqual({ status: 0, stderr: "" });
  });
});

describe("the files and scripts that commands name", () => {
  const paths = texts.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:infra|scripts|samples|packages|test)\/[\w./*-]+/g)].map(([path]) => ({ file, path })),
  );
  const names = texts.flatMap(({ file, text }) =>
    [...text.matchAll(/npm run (?:--silent )?([a-z]+)/g)].map(([, name = ""]) => ({ file, name })),
  );
  const manifest = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));

  it.each(paths)("$file: $path is there", ({ path }) => {
    expect(path.includes("*") ? globSync(path, { cwd: ROOT }).length > 0 : existsSync(join(ROOT, path))).toBe(true);
  });

  it.each(names)("$file: npm run $name is one", ({ name }) => {
    expect(manifest.scripts).toHaveProperty(name);
  });
});

describe("the variables of the README", () => {
  const sections = new Map(
    read("README.md")
      .split(/^### /m)
      .map((section) => [section.split("\n")[0] ?? "", section] as const),
  );
  const after = sections.get("Try it, and tear it down") ?? "";
  const used = [...new Set([...after.matchAll(/\$([A-Z_]+)/g)].map(([, name = ""]) => name))];
  const outputs = [...readBicep("infra/main.bicep").outputs.keys()];

  it.each(["With azd", "With az"])("are set %s, as far as what is tried afterwards needs them", (title) => {
    const set = [...(sections.get(title) ?? "").matchAll(/\b([A-Z_]+)=/g)].map(([, name = ""]) => name);
    expect(used).toEqual(expect.arrayContaining(["GROUP", "STORAGE", "INPUT_CONTAINER_NAME"]));
    expect(used.filter((name) => ![...outputs, ...set].includes(name))).toEqual([]);
  });
});

describe("the deployments of the documents", () => {
  const deployments = calls.filter(({ file, words }) => file.endsWith(".md") && words.includes("--template-file"));
  const templateOf = (words: Words) => words[words.indexOf("--template-file") + 1] ?? "";

  it("are of the subscription and of a resource group; the event subscription is deployed by its script", () => {
    expect(deployments.map(({ words }) => templateOf(words)).sort()).toEqual([
      "infra/main.bicep",
      "infra/resources.bicep",
    ]);
    expect(read("README.md")).toContain("scripts/create-event-subscription.sh\n```");
  });

  it.each(deployments)("$line: gives parameters that the template has, and all that it needs", ({ words }) => {
    const { params } = readBicep(templateOf(words));
    const given = words.flatMap((word) => /^([A-Za-z]+)=/.exec(word)?.[1] ?? []);
    for (const file of words.filter((word) => word.startsWith("@"))) {
      const { parameters } = z
        .object({ parameters: z.record(z.string(), z.unknown()) })
        .parse(JSON.parse(read(file.slice(1))));
      given.push(...Object.keys(parameters));
    }
    expect(given.filter((name) => !params.has(name))).toEqual([]);
    const needed = [...params.values()].filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  });
});
