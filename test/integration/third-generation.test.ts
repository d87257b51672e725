import { expect, it } from "vitest";
import { z } from "zod";
import { firstStep } from "../../src/lib/lane/lane.ts";
import { createClient } from "../../src/lib/language/analysis-client.ts";
import { serviceErrorSchema } from "../../src/lib/language/errors/language-error.ts";
import type { Generation } from "../../src/lib/language/generation.ts";
import { LaneFixture } from "../helpers/lane-fixture.ts";
import { json, scriptedServer } from "../lib/language/scripted-server.ts";

/** How a wire that nobody has might word the state of a job: other names, other nesting, other order. */
const stateSchema = z.looseObject({
  question: z.string(),
  mood: z.string(),
  asked: z.string(),
  replies: z.array(
    z.looseObject({
      to: z.string(),
      says: z.record(z.string(), z.looseObject({})),
      refuses: z.record(z.string(), serviceErrorSchema),
    }),
  ),
  more: z.string().optional(),
});

/** All that a generation is. */
const oracle: Generation = {
  submitUrl: (endpoint) => new URL(`${endpoint}/oracle/questions`),
  jobUrl: (endpoint, jobId) => new URL(`${endpoint}/oracle/questions/${jobId}`),
  body: ({ documents, tasks }) => ({
    about: Object.fromEntries(documents.map(({ id, text }) => [id, text])),
    ask: tasks.map(({ name, kind }) => `${name}: ${kind}?`),
  }),
  readPage(answer) {
    const { question, mood, asked, replies, more } = stateSchema.parse(answer);
    const items = replies.map(({ to, says, refuses, ...about }) => ({
      name: to,
      status: "succeeded",
      documents: Object.entries(says).map(([id, said]) => ({ ...said, id })),
      errors: Object.entries(refuses).map(([id, error]) => ({ id, error })),
      about,
    }));
    const dates = { createdDateTime: asked, lastUpdatedDateTime: asked };
    return { jobId: question, status: mood, ...dates, errors: [], items, nextLink: more };
  },
};

it("a third generation of the wire needs nothing but itself: from a dropped document to its record", async () => {
  const state = { question: "q-1", mood: "succeeded", asked: "2031-01-01T00:00:00Z" };
  const entity = { text: "Anna", offset: 0, length: 4, category: "Person", confidenceScore: 1, aura: "blue" };
  const server = await scriptedServer(
    (response, { headers }) =>
      response.writeHead(202, { "operation-location": `http://${headers.host}/oracle/questions/q-1` }).end(),
    (response, request) => {
      const more = `http://${request.headers.host}/oracle/questions/q-1?page=2`;
      const replies = [{ to: "who", seer: "Pythia", says: { "0-0": { entities: [entity] } }, refuses: {} }];
      json(200, { ...state, replies, more })(response, request);
    },
    json(200, {
      ...state,
      replies: [{ to: "who", says: {}, refuses: { "1-0": { code: "InvalidDocument", message: "Unclear." } } }],
    }),
  );
  const fixture = await LaneFixture.create({ tasks: [{ kind: "EntityRecognition", name: "who", parameters: {} }] });
  const client = createClient(oracle, { endpoint: server.endpoint, credential: { key: "k" }, timeoutSeconds: 60 });
  await fixture.drop("a.txt", "Anna came.");
  await fixture.drop("b.txt", "Hm.");
  let step = firstStep({ pipeline: fixture.pipeline.name, lane: 0 });
  while (step.status.state !== "closing" && step.action !== "close") {
    step = await fixture.step(step, { client: () => client });
    fixture.skippedMs += step.afterSeconds * 1000;
  }
  expect(server.seen.map(({ method, url }) => `${method} ${url.split("?")[0]}`)).toEqual([
    "POST /oracle/questions",
    "GET /oracle/questions/q-1",
    "GET /oracle/questions/q-1",
  ]);
  expect(server.seen[0]?.body).toMatchObject({ ask: ["who: EntityRecognition?"] });
  const results = await fixture.results();
  expect(results).toHaveLength(1);
  const [name = ""] = results.map((blob) => blob.replace(/^tickets\/|\.json$/g, ""));
  expect(await fixture.read("results", name)).toMatchObject({
    status: "succeeded",
    tasks: [{ name: "who", kind: "EntityRecognition", status: "succeeded", seer: "Pythia", entities: [entity] }],
    jobs: [{ jobId: "q-1" }],
  });
  const [failure = ""] = (await fixture.failures()).map((blob) => blob.replace(/^tickets\/|\.json$/g, ""));
  expect(await fixture.read("failed", failure)).toMatchObject({ error: { code: "InvalidDocument", task: "who" } });
});
