import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { pipelinesJsonSchema } from "../../../src/lib/settings/pipeline-schema.ts";
import { readPipelines } from "../../../src/lib/settings/pipelines.ts";

const root = new URL("../../../", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, root), "utf8"));
const shipped = read("pipelines.schema.json");
const PIPELINE = { name: "a", match: "**", apiVersion: "2023-04-01" };

describe("pipelines.schema.json", () => {
  it("is current (npm run schema writes it)", () => {
    expect(shipped).toEqual(JSON.parse(JSON.stringify(pipelinesJsonSchema())));
  });

  const schema = z.fromJSONSchema(z.record(z.string(), z.json()).parse(shipped));

  it.each(["pipelines.json", "samples/pipelines.json", "samples/helpdesk.pipelines.json"])(
    "fits %s, which the application accepts too",
    (path) => {
      expect(schema.safeParse(read(path)).error).toBeUndefined();
      expect(readPipelines(new URL(path, root).pathname).length).toBeGreaterThan(0);
    },
  );

  it("of what is deployed needs no project: it works in an empty Language account, for every document", () => {
    const pipelines = readPipelines(new URL("pipelines.json", root).pathname);
    const kinds = pipelines.flatMap(({ tasks }) => tasks.map(({ kind }) => kind));
    expect(kinds.filter((kind) => kind.startsWith("Custom"))).toEqual([]);
    expect(pipelines.map(({ match }) => match)).toContain("**");
  });

  it.each([
    ["the current wire", { ...PIPELINE, tasks: [{ kind: "Healthcare", fhirVersion: "4.0.1" }] }, true],
    [
      "ct.1",
      {
        ...PIPELINE,
        apiVersion: "v3.1-preview.ct.1",
        tasks: [{ kind: "CustomMultiLabelClassification", modelId: "m" }],
      },
      true,
    ],
    ["v3.2-preview.2", { ...PIPELINE, apiVersion: "v3.2-preview.2", tasks: [{ kind: "EntityRecognition" }] }, true],
    ["an unknown parameter", { ...PIPELINE, tasks: [{ kind: "Healthcare", fhir: "4.0.1" }] }, false],
    ["a missing parameter", { ...PIPELINE, tasks: [{ kind: "CustomEntityRecognition", projectName: "p" }] }, false],
    ["an unknown kind", { ...PIPELINE, tasks: [{ kind: "Translation" }] }, false],
    ["too many lanes", { ...PIPELINE, lanes: 65, tasks: [{ kind: "KeyPhraseExtraction" }] }, false],
  ])("tells right from wrong: %s", (_, pipeline, right) => {
    expect(schema.safeParse({ pipelines: [pipeline] }).success).toBe(right);
  });

  it("describes every field for the editor", () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
      if (!("properties" in node)) return;
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        if (!["kind", "$schema"].includes(name) && !("description" in field)) undescribed.push(`${path}/${name}`);
      }
    };
    visit(shipped, "");
    expect(undescribed).toEqual([]);
  });
});
