import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import {
  documentAnswerSchema,
  failuresAnswerSchema,
  healthAnswerSchema,
  recordAnswerSchema,
  requeueAnswerSchema,
  requeuesAnswerSchema,
  textAnswerSchema,
} from "../../src/lib/api/document-schemas.ts";
import { modelsAnswerSchema, pipelinesAnswerSchema } from "../../src/lib/api/pipeline-schemas.ts";
import type * as page from "../../src/page/answers.ts";
import { busyWorld, documentAnswers } from "./busy-world.ts";

const ask = (path: string): unknown => documentAnswers({ method: "GET", path, body: undefined, key: undefined })?.body;
const world = busyWorld();

describe("what the tests of the page answer in place of the app", () => {
  it.each([
    ["pipelines", pipelinesAnswerSchema, world.pipelines],
    ["failures", failuresAnswerSchema, world.failures],
    ["requeues", requeuesAnswerSchema, world.requeues],
    ["models", modelsAnswerSchema, world.models],
    ["health", healthAnswerSchema, world.health],
    ["redrive", requeueAnswerSchema, ask("redrive?dryRun=true")],
    ["documents", documentAnswerSchema, ask("documents/a")],
    ["records", recordAnswerSchema, ask("records/a")],
    ["texts", textAnswerSchema, ask("texts/a")],
  ] as const)("is what the API answers: %s", (_name, schema, answer) => {
    expect(schema.parse(answer)).toEqual(answer);
  });
});

describe("what the page reads", () => {
  it("is in the API's answers, under the same names and of the same form", () => {
    expectTypeOf<z.output<typeof pipelinesAnswerSchema>>().toExtend<page.PipelinesAnswer>();
    expectTypeOf<z.output<typeof failuresAnswerSchema>>().toExtend<page.FailuresAnswer>();
    expectTypeOf<z.output<typeof requeuesAnswerSchema>>().toExtend<page.RequeuesAnswer>();
    expectTypeOf<z.output<typeof requeueAnswerSchema>>().toExtend<page.Requeue>();
    expectTypeOf<z.output<typeof modelsAnswerSchema>>().toExtend<page.ModelsAnswer>();
    expectTypeOf<z.output<typeof healthAnswerSchema>>().toExtend<page.HealthAnswer>();
    expectTypeOf<z.output<typeof documentAnswerSchema>>().toExtend<page.DocumentAnswer>();
    expectTypeOf<z.output<typeof recordAnswerSchema>>().toExtend<page.RecordAnswer>();
    expectTypeOf<z.output<typeof textAnswerSchema>>().toExtend<page.TextAnswer>();
  });
});
