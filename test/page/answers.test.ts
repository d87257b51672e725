import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { documentAnswerSchema, healthAnswerSchema } from "../../src/lib/api/document-schemas.ts";
import { modelsAnswerSchema } from "../../src/lib/api/models-schemas.ts";
import { pipelinesAnswerSchema } from "../../src/lib/api/pipeline-schemas.ts";
import type { DocumentAnswer, HealthAnswer, ModelsAnswer, PipelinesAnswer } from "../../src/page/answers.ts";
import { busyWorld, documentAnswers } from "./busy-world.ts";

const ask = (path: string): unknown => documentAnswers({ method: "GET", path, body: undefined, key: undefined })?.body;
const world = busyWorld();

describe("what the tests of the page answer in place of the app", () => {
  it.each([
    ["pipelines", pipelinesAnswerSchema, world.pipelines],
    ["models", modelsAnswerSchema, world.models],
    ["health", healthAnswerSchema, world.health],
    ["documents", documentAnswerSchema, ask("documents/a")],
  ] as const)("is what the API answers: %s", (_name, schema, answer) => {
    expect(schema.parse(answer)).toEqual(answer);
  });
});

describe("what the page reads", () => {
  it("is in the API's answers, under the same names and of the same form", () => {
    expectTypeOf<z.output<typeof pipelinesAnswerSchema>>().toExtend<PipelinesAnswer>();
    expectTypeOf<z.output<typeof modelsAnswerSchema>>().toExtend<ModelsAnswer>();
    expectTypeOf<z.output<typeof healthAnswerSchema>>().toExtend<HealthAnswer>();
    expectTypeOf<z.output<typeof documentAnswerSchema>>().toExtend<DocumentAnswer>();
  });
});
