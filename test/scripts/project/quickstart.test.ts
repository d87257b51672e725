import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readLabelsArguments } from "../../../scripts/labels/arguments.ts";
import { readArguments } from "../../../scripts/project/arguments.ts";
import { parseDefinition } from "../../../src/lib/project/definition/definition.ts";
import { matchPipelines } from "../../../src/lib/settings/pipeline.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const section = /## Models: train and deploy\n.*?(?=\n## )/s.exec(read("README.md"))?.[0] ?? "";

/** Commands of the `sh` blocks, each on one line. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.replaceAll(/\\\n\s*/g, "").split("\n"));

/** The words after `npm run NAME --`, without a comment. */
const argumentsOf = (command: string, script: string): string[] | undefined => {
  const words = command.replace(/ #.*$/, "").trim().split(/\s+/);
  return command.startsWith(`npm run ${script} -- `) ? words.slice(4) : undefined;
};

describe("the quickstart of README.md", () => {
  const text = section;
  const definition = parseDefinition(read("samples/projects/helpdesk.json"), "helpdesk");

  it("puts texts and labels where the project file looks for them, before it is put in force", () => {
    const at = (part: string) => text.indexOf(part);
    const { container, labels } = definition;
    const steps = [
      `az storage container create --name ${container}`,
      `az storage blob upload-batch --destination ${container} --source samples/training/tickets`,
      `az storage blob upload --container-name ${container} --name ${labels} --file samples/labels/tickets.json`,
      "npm run project -- create helpdesk --file samples/projects/helpdesk.json",
    ].map(at);
    expect(steps.every((place) => place >= 0)).toBe(true);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it("publishes a pipeline that uses the deployment and wants the document that is dropped", () => {
    const pipelines = parsePipelines(read("samples/helpdesk.pipelines.json"), "samples/helpdesk.pipelines.json");
    const [pipeline] = matchPipelines(pipelines, "helpdesk/hello.txt");
    const { deployment } = definition;
    expect(pipeline?.tasks).toMatchObject([
      { parameters: { projectName: "helpdesk", deploymentName: deployment?.name } },
    ]);
    expect(text).toContain("--container-name documents --name helpdesk/hello.txt");
    expect(text).toContain(`--name ${pipeline?.name}/helpdesk/hello.txt.json`);
    expect(text).toContain("config-zip");
  });
});

describe.each([
  ["README.md", section],
  ["docs/projects.md", read("docs/projects.md")],
])("the commands of %s", (_, text) => {
  const commands = commandsOf(text);

  it.each(commands.filter((command) => /^npm run (project|labels) /.test(command)))("%s: is understood", (command) => {
    const project = argumentsOf(command, "project");
    const labels = argumentsOf(command, "labels");
    expect(() => (labels === undefined ? readArguments(project ?? [], {}) : readLabelsArguments(labels))).not.toThrow();
  });

  it.each(commands.filter((command) => /^npm run labels -- (folders|convert)/.test(command)))(
    "%s: writes a file of labels and nothing else",
    (command) => {
      expect(command).toContain(" --out ");
      expect(command).not.toContain(">");
    },
  );

  it("name samples that exist", () => {
    const named = commands.join("\n").match(/samples\/[\w./-]+/g) ?? [];
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
