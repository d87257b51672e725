import { describe, expect, it } from "vitest";
import { LanguageError } from "../../../src/lib/language/errors/language-error.ts";
import { queuedCommand } from "../../../src/lib/project/commands.ts";
import { enqueueCommand, enqueueDefinition } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { firstProjectStep } from "../../../src/lib/project/step.ts";
import type { Asked } from "../../helpers/authoring-replies.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

const blockedWhere = (matches: (asked: Asked) => boolean) => {
  fixture.service.refuse = (asked) => (matches(asked) ? { status: 403, code: "Forbidden" } : undefined);
};
const free = () => {
  fixture.service.refuse = () => undefined;
};
/** What the orchestration does with what was asked of it meanwhile, in the middle of its run. */
const stepOn = () => fixture.step(firstProjectStep(fixture.project));

describe("work that is blocked", () => {
  it("is carried out before a file that comes when it is a deletion", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    blockedWhere(({ method }) => method === "DELETE");
    await fixture.run(fixture.stateIs("blocked"));
    await fixture.drop(fixture.definition({ description: "second" }));
    await stepOn();
    expect(await fixture.status()).toMatchObject({ action: "delete", waiting: { action: "apply" } });
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "train" })).toBe("busy");
    free();
    let wasDeleted = false;
    fixture.service.onEffect = (kind) => {
      wasDeleted ||= kind === "deleteProject";
    };
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(wasDeleted).toBe(true);
    expect(fixture.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("makes room for a deletion that is asked for anew", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    blockedWhere(({ method }) => method === "DELETE");
    await fixture.run(fixture.stateIs("blocked"));
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "delete" })).toBe("accepted");
    free();
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
  });

  it("makes room for a training, after which the project file is carried out all the same", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" }, labels: undefined }));
    blockedWhere(({ path }) => path.endsWith(":train"));
    await fixture.run(fixture.stateIs("blocked"));
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "train", modelLabel: "m2" })).toBe("accepted");
    await stepOn();
    expect(await describeProject(fixture.context())).toMatchObject({ action: "train", waiting: { action: "apply" } });
    free();
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
    expect([...(fixture.service.projects.get("tickets")?.models.keys() ?? [])]).toEqual(["m2", "m1"]);
    expect(await enqueueDefinition(fixture.context(), "tickets")).toBe(false);
  });

  it("and goes on before the training begins that it was to make room for is not repeated after it", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    blockedWhere(({ path }) => path.endsWith(":train"));
    await fixture.run(fixture.stateIs("blocked"));
    free();
    // The step in hand read what is asked for before this came.
    await stepOn();
    const stored = await queuedCommand(fixture.work, "tickets").read();
    const at = new Date(fixture.now()).toISOString();
    const command = {
      schemaVersion: "1.0",
      id: "1",
      action: "train",
      at,
      modelLabel: "m2",
      definitionEtag: stored.value?.definitionEtag,
    } as const;
    await queuedCommand(fixture.work, "tickets").write(stored, command);
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", model: { label: "m2" } });
    expect(fixture.service.projects.get("tickets")?.trainings).toHaveLength(2);
  });

  it("with a training at the service is waited for: no second one is started beside it", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    blockedWhere(({ path }) => path.includes("/jobs/"));
    await fixture.run(fixture.stateIs("blocked"));
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "train" })).toBe("busy");
    await fixture.drop(fixture.definition());
    await stepOn();
    expect(await fixture.status()).toMatchObject({ job: { name: expect.stringMatching(/^train/) }, running: true });
    free();
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(fixture.trainings()).toBe(2);
    expect(fixture.service.count("POST /tickets/:import")).toBe(2);
  });
});

describe("the creation of a project of v1.0-preview.2", () => {
  const preview = (changes = {}) => fixture.definition({ apiVersion: "v1.0-preview.2", ...changes });

  it("that reached nobody makes room for a file that says another address", async () => {
    const { endpoint } = fixture.service;
    fixture.service.endpoint = "http://127.0.0.1:1";
    await fixture.drop(preview());
    await fixture.run(fixture.stateIs("blocked"));
    expect(await fixture.status()).toMatchObject({ step: "creating", error: { code: "EndpointUnreachable" } });
    fixture.service.endpoint = endpoint;
    await fixture.drop(preview({ description: "second" }));
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(fixture.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("whose answer was lost is known to be ours although it is blocked afterwards and a new file comes", async () => {
    let lost = 0;
    fixture.service.loseAnswer = ({ method, path }) => method === "POST" && path === "" && lost++ === 0;
    await fixture.drop(preview());
    await fixture.run(() => lost > 0);
    blockedWhere(({ method, path }) => method === "POST" && path === "");
    await fixture.run(fixture.stateIs("blocked"));
    await fixture.drop(preview());
    await stepOn();
    free();
    fixture.skippedMs += 60_000;
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
  });
});

describe("a project on a host that the app's settings do not allow", () => {
  it("is blocked, tells why, and goes on when the settings allow it", async () => {
    const { client } = fixture.context();
    fixture.changes = {
      client: () => {
        throw new LanguageError({
          class: "blocked",
          code: "HostNotAllowed",
          message: "not to evil.example",
          hint: "-",
        });
      },
    };
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("blocked"));
    expect(await fixture.status()).toMatchObject({ error: { code: "HostNotAllowed", message: "not to evil.example" } });
    fixture.changes = { client };
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
  });
});
