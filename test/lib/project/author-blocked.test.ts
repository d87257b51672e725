import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRequest, writeRequest } from "../../../src/lib/project/commands.ts";
import { askForDefinition, askProject } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { firstAuthorStep } from "../../../src/lib/project/step.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";
import type { Asked } from "../../helpers/authoring-replies.ts";

let bench: AuthorBench;

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const blockedWhere = (matches: (asked: Asked) => boolean) => {
  bench.service.refuse = (asked) => (matches(asked) ? { status: 403, code: "Forbidden" } : undefined);
};
const free = () => {
  bench.service.refuse = () => undefined;
};
/** What the orchestration does with what was asked of it meanwhile, in the middle of its run. */
const stepOn = () => bench.step(firstAuthorStep(bench.project));

describe("work that is blocked", () => {
  beforeEach(async () => {
    bench = await AuthorBench.create();
    await bench.uploadTexts();
  });

  it("is carried out before a file that comes when it is a deletion", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    blockedWhere(({ method }) => method === "DELETE");
    await bench.run(stateIs("blocked"));
    await bench.drop(bench.definition({ description: "second" }));
    await stepOn();
    expect(await bench.status()).toMatchObject({ action: "delete", waiting: { action: "author" } });
    expect(await askProject(bench.context(), "tickets", { action: "train" })).toBe("busy");
    free();
    let wasDeleted = false;
    bench.service.onEffect = (kind) => {
      wasDeleted ||= kind === "deleteProject";
    };
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(wasDeleted).toBe(true);
    expect(bench.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("makes room for a deletion that is asked for anew", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    blockedWhere(({ method }) => method === "DELETE");
    await bench.run(stateIs("blocked"));
    expect(await askProject(bench.context(), "tickets", { action: "delete" })).toBe("accepted");
    free();
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
  });

  it("makes room for a training, after which the project file is carried out all the same", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, labels: undefined }));
    blockedWhere(({ path }) => path.endsWith(":train"));
    await bench.run(stateIs("blocked"));
    expect(await askProject(bench.context(), "tickets", { action: "train", modelLabel: "m2" })).toBe("accepted");
    await stepOn();
    expect(await describeProject(bench.context())).toMatchObject({ action: "train", waiting: { action: "author" } });
    free();
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
    expect([...(bench.service.projects.get("tickets")?.models.keys() ?? [])]).toEqual(["m2", "m1"]);
    expect(await askForDefinition(bench.context(), "tickets")).toBe(false);
  });

  it("and goes on before the training begins that it was to make room for is not repeated after it", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    blockedWhere(({ path }) => path.endsWith(":train"));
    await bench.run(stateIs("blocked"));
    free();
    // The step in hand read what is asked for before this came.
    await stepOn();
    const stored = await readRequest(bench.work, "tickets");
    const at = new Date(bench.now()).toISOString();
    const wish = {
      id: "1",
      action: "train",
      at,
      modelLabel: "m2",
      definitionEtag: stored.request?.definitionEtag,
    } as const;
    expect(await writeRequest(bench.work, "tickets", stored, wish)).toBe(true);
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", model: { label: "m2" } });
    expect(bench.service.projects.get("tickets")?.trainings).toHaveLength(2);
  });

  it("with a training at the service is waited for: no second one is started beside it", async () => {
    await bench.drop(bench.definition());
    await bench.run(async () => (await bench.status()).percent !== undefined);
    blockedWhere(({ path }) => path.includes("/jobs/"));
    await bench.run(stateIs("blocked"));
    expect(await askProject(bench.context(), "tickets", { action: "train" })).toBe("busy");
    await bench.drop(bench.definition());
    await stepOn();
    expect(await bench.status()).toMatchObject({ job: { name: expect.stringMatching(/^train/) }, running: true });
    free();
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(bench.service.count("POST /tickets/:train")).toBe(2);
    expect(bench.service.count("POST /tickets/:import")).toBe(2);
  });
});

describe("the creation of a project of v1.0-preview.2", () => {
  const preview = (changes = {}) => bench.definition({ apiVersion: "v1.0-preview.2", ...changes });

  beforeEach(async () => {
    bench = await AuthorBench.create("Tickets");
    await bench.uploadTexts();
  });

  it("that reached nobody makes room for a file that says another address", async () => {
    const { endpoint } = bench.service;
    bench.service.endpoint = "http://127.0.0.1:1";
    await bench.drop(preview());
    await bench.run(stateIs("blocked"));
    expect(await bench.status()).toMatchObject({ step: "creating", error: { code: "EndpointUnreachable" } });
    bench.service.endpoint = endpoint;
    await bench.drop(preview({ description: "second" }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(bench.service.projects.get("Tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("whose answer was lost is known to be ours although it is blocked afterwards and a new file comes", async () => {
    let lost = 0;
    bench.service.loseAnswer = ({ method, path }) => method === "POST" && path === "" && lost++ === 0;
    await bench.drop(preview());
    await bench.run(() => lost > 0);
    blockedWhere(({ method, path }) => method === "POST" && path === "");
    await bench.run(stateIs("blocked"));
    await bench.drop(preview());
    await stepOn();
    free();
    bench.skippedMs += 60_000;
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
  });
});
