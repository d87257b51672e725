import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, readBicep } from "./bicep-file.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const runbook = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
/** Commands in blocks and in running text, each on one line. */
const commands = [...`${readme}\n${runbook}`.matchAll(/^ *(az [\s\S]*?[^\\])$|`(az [^`]+)`/gm)].map(
  ([, block, inline]) => (block ?? inline ?? "").replace(/\\\n\s*/g, " ").replace(/\s+/g, " "),
);
const deployments = commands.filter((command) => command.includes("--template-file"));

describe("the commands of README.md and docs/operations.md", () => {
  it("deploy each template: subscription, resource group, event subscription", () => {
    const templates = deployments.map((command) => /--template-file (\S+)/.exec(command)?.[1]).sort();
    expect(templates).toEqual(["infra/event-subscription.bicep", "infra/main.bicep", "infra/resources.bicep"]);
  });

  it.each(deployments)("%s: gives parameters that the template has, and all that it needs", (command) => {
    const { params } = readBicep(/--template-file (\S+)/.exec(command)?.[1] ?? "");
    const given = [...command.matchAll(/ ([A-Za-z]+)=/g)].map(([, name]) => name ?? "");
    const files = [...command.matchAll(/@(\S+)/g)].map(([, file]) => file ?? "");
    for (const file of files) {
      given.push(...Object.keys(JSON.parse(readFileSync(join(ROOT, file), "utf8")).parameters));
    }
    expect(given.filter((name) => !params.has(name))).toEqual([]);
    const needed = [...params.values()].filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  });

  it.each([...new Set(commands.flatMap((command) => command.match(/(?:infra|scripts|samples)\/[\w./-]+/g) ?? []))])(
    "name %s, which exists",
    (path) => {
      expect(existsSync(join(ROOT, path))).toBe(true);
    },
  );
});
