import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, readBicep } from "./bicep-file.ts";
import { kqlFindings } from "./kql.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const queries = globSync("infra/queries/**/*.kql", { cwd: ROOT }).sort();
const alerts = readBicep("infra/modules/alerts.bicep");
const workbook = readBicep("infra/modules/workbook.bicep");

/** Fields of each event, as the type of the log says. */
function logEvents(): Map<string, Set<string>> {
  const source = read("src/lib/common/log.ts");
  const members = [...source.matchAll(/\{\s*event:\s*([^;]+);([^}]*)\}/g)];
  const pairs = members.flatMap(([, names = "", fields = ""]) => {
    const known = new Set(["event", ...[...fields.matchAll(/(\w+)\??:/g)].map(([, name]) => name ?? "")]);
    return [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => [name ?? "", known] as const);
  });
  return new Map(pairs);
}

const events = logEvents();

/** Events that a query compares with, and fields that it reads. */
function reads(path: string): { named: string[]; fields: string[] } {
  const text = read(path);
  const conditions = [...text.matchAll(/\bevent\)?\s*(?:==|in)\s*(\([^)]*\)|'[^']*')/g)].map(
    ([, value]) => value ?? "",
  );
  return {
    named: [...conditions.join().matchAll(/'([^']+)'/g)].map(([, name]) => name ?? ""),
    // A keyword among the fields stands in brackets: log['project'].
    fields: [...text.matchAll(/\blog(?:\.(\w+)|\['(\w+)'\])/g)].map(([, name, quoted]) => name ?? quoted ?? ""),
  };
}

describe("the log", () => {
  it("has events with fields", () => {
    expect([...events.keys()]).toContain("sweep.report");
    expect(events.get("sweep.report")).toContain("lanesRunning");
    expect(events.get("document.failed")).toContain("code");
  });
});

describe.each(queries)("%s", (path) => {
  const { named, fields } = reads(path);

  it("is right, as the language service of Kusto sees it", () => {
    expect(kqlFindings(read(path))).toEqual([]);
  });

  it("names events that the app logs", () => {
    expect(named.filter((name) => !events.has(name))).toEqual([]);
    const text = read(path);
    if (text.includes("parse_json") && !path.endsWith("pipelines.kql")) expect(named.length).toBeGreaterThan(0);
  });

  it("reads fields that these events have", () => {
    const known = new Set(named.flatMap((name) => [...(events.get(name) ?? [])]));
    if (named.length > 0) expect(fields.filter((name) => !known.has(name))).toEqual([]);
  });

  it("looks for its events before it parses, so that the search stays cheap", () => {
    const text = read(path);
    if (!text.includes("parse_json")) return;
    for (const name of named)
      expect(text).toMatch(new RegExp(`message has(?:_any \\([^)]*| )'?${name.replace(".", "\\.")}'`));
  });

  it("counts what sampling left out", () => {
    const text = read(path);
    expect(text).not.toMatch(/countif\(/);
    if (/count\(\)/.test(text)) expect(path).toMatch(/sweep-silent/);
  });

  it("is loaded by the alerts or the workbook", () => {
    const source = path.includes("/alerts/") ? alerts.source : workbook.source;
    expect(source).toContain(`loadTextContent('../${path.replace(/^infra\//, "")}')`);
  });
});

describe("what the language service of Kusto sees", () => {
  it.each([
    ["a keyword assigned to", "traces | summarize last = max(timestamp)", "['last']"],
    ["a keyword as a field", "traces | extend name = tostring(parse_json(message).project)", "['project']"],
    ["a column that is not there", "traces | where itemcount > 1", "'itemcount' does not refer to any known column"],
    ["a sum of strings", "traces | summarize sum(message)", "must be summable"],
    ["a pipe too many", "traces | | take 1", "Query operator expected"],
  ])("is %s", (_fault, query, words) => {
    expect(kqlFindings(query).join("\n")).toContain(words);
  });

  it("in the examples of the documentation is nothing", () => {
    const pages = globSync(["README.md", "docs/**/*.md"], { cwd: ROOT });
    const examples = pages.flatMap((page) => [...read(page).matchAll(/```kusto\n([\s\S]*?)```/g)]);
    expect(examples.length).toBeGreaterThan(0);
    for (const [, query = ""] of examples) expect(kqlFindings(query), query).toEqual([]);
  });
});

describe("placeholders of the alerts", () => {
  it("are each replaced, and no other", () => {
    for (const path of queries.filter((candidate) => candidate.includes("/alerts/"))) {
      const inQuery = new Set(read(path).match(/__[A-Z]+__/g) ?? []);
      const start = alerts.source.indexOf(basename(path));
      const after = alerts.source.slice(start, alerts.source.indexOf("window", start));
      const replaced = new Set(after.match(/__[A-Z]+__/g) ?? []);
      expect(replaced, path).toEqual(inQuery);
    }
  });
});

describe("the runbook", () => {
  const names = [...alerts.source.matchAll(/name: '([a-z]+(?:-[a-z]+)+)'/g)]
    .map(([, name]) => name ?? "")
    .concat("throttling", "log-cap-reached");

  it("explains every alert under its own heading", () => {
    const headings = [...read("docs/operations.md").matchAll(/^### `([a-z-]+)`/gm)].map(([, name]) => name ?? "");
    expect([...headings].sort()).toEqual([...new Set(names)].sort());
  });

  it("is named by every alert", () => {
    expect(alerts.source.match(/docs\/operations\.md, /g)?.length).toBeGreaterThanOrEqual(3);
  });
});

describe("columns that split an alert", () => {
  it("are columns of its query", () => {
    const rules = [...alerts.source.matchAll(/name: '([a-z-]+)'[\s\S]*?dimensions: \[('[^\]]*')?\]/g)];
    expect(rules.length).toBeGreaterThan(8);
    for (const [rule, name, dimensions = ""] of rules) {
      const [path = ""] = /queries\/alerts\/[a-z-]+\.kql/.exec(rule) ?? [];
      const text = read(`infra/${path}`);
      for (const column of dimensions.replaceAll("'", "").split(", ").filter(Boolean)) {
        expect(text, name).toMatch(new RegExp(`\\b${column} = |by ${column}\\b|distinct ${column}\\b|, ${column}\\b`));
      }
    }
  });
});
