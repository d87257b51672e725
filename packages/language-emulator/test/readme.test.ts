import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { API_VERSIONS } from "../src/analyze-text/versions.ts";
import { OPERATIONS } from "../src/http/call.ts";
import { parseScenario } from "../src/scenario/schema.ts";
import { GENERATIONS } from "../src/text-analytics-v3/versions.ts";

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

it("the README says of every version that is served, and of no other, whether its answers were recorded", () => {
  const table = /<!-- versions -->\n(.*?)\n<!-- \/versions -->/s.exec(read("README.md"))?.[1] ?? "";
  const told = table
    .split("\n")
    .slice(2)
    .flatMap((row) => {
      const [versions = "", , known = ""] = row.split("|").slice(1);
      return [...versions.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name} ${known.trim()}`);
    });
  const served = [
    ...API_VERSIONS.map(({ name, known }) => `${name} ${known}`),
    ...GENERATIONS.map(({ wire, known }) => `${wire} ${known}`),
  ];
  expect(told.toSorted()).toEqual(served.toSorted());
});

it("the example of a scenario is one, and every operation and action is told", () => {
  const text = read("SCENARIOS.md");
  expect(parseScenario(JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? "")).length).toBeGreaterThan(3);
  for (const operation of OPERATIONS) expect(text).toContain(`\`${operation}\``);
  const actions = [...read("src/scenario/schema.ts").matchAll(/action: z\.literal\("(\w+)"\)/g)].map(
    ([, name]) => name,
  );
  expect(actions.length).toBeGreaterThan(14);
  for (const action of actions) expect(text).toContain(`\`${action}\``);
});
