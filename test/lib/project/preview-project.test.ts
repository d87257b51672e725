import { describe, expect, it } from "vitest";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import { AuthoringService } from "../../helpers/authoring-service.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest("Tickets");

/** A definition for authoring v1.0-preview.2, whose labels stand in it. */
const preview = (changes: Record<string, unknown> = {}) =>
  fixture.definition({ apiVersion: "v1.0-preview.2", ...changes });

const creations = () => fixture.service.count("POST ");

/** Carries a file out, and gives how it ended. */
async function author(changes: Record<string, unknown> = {}): Promise<object> {
  fixture.skippedMs += 60_000;
  await fixture.drop(preview(changes));
  return { ...(await fixture.run()).result };
}

describe("a project of v1.0-preview.2 that somebody deleted outside the app", () => {
  it("is created again by its file", async () => {
    await author();
    fixture.service.projects.delete("Tickets");
    expect(await author()).toMatchObject({ state: "succeeded" });
    expect(creations()).toBe(2);
    expect(await author()).toMatchObject({ state: "succeeded" });
    expect(creations()).toBe(2);
  });

  it("is created with other settings once it is deleted here as well", async () => {
    await author();
    fixture.service.projects.delete("Tickets");
    expect(await author({ description: "new" })).toMatchObject({ state: "failed", error: { code: "SettingsFixed" } });
    await enqueueCommand(fixture.context(), "Tickets", { action: "delete" });
    await fixture.run();
    expect(await author({ description: "new" })).toMatchObject({ state: "succeeded" });
  });

  it("is created by its file after a training alone was refused", async () => {
    await author();
    fixture.service.projects.delete("Tickets");
    await enqueueCommand(fixture.context(), "Tickets", { action: "train" });
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "ProjectNotFound" } });
    expect(await author({ description: "new" })).toMatchObject({ state: "succeeded" });
  });

  it("is not created for ever", async () => {
    await author();
    fixture.service.projects.delete("Tickets");
    fixture.service.refuse = ({ path }) =>
      path.endsWith("/train") ? { status: 404, code: "ProjectNotFound" } : undefined;
    expect(await author()).toMatchObject({ state: "failed", error: { code: "ProjectNotFound" } });
    expect(creations()).toBe(2);
  });
});

describe("a project of v1.0-preview.2 that moves to another Language resource", () => {
  it("is created there, and is known where it was", async () => {
    await author();
    const other = await AuthoringService.start();
    const first = fixture.service.endpoint;
    fixture.service.endpoint = other.endpoint;
    expect(await author({ description: "there" })).toMatchObject({ state: "succeeded" });
    expect(other.count("POST ")).toBe(1);
    other.stop();
    fixture.service.endpoint = first;
    expect(await author()).toMatchObject({ state: "succeeded" });
    expect(creations()).toBe(1);
  });
});

describe("a project of v1.0-preview.2 whose Language resource is spelled otherwise", () => {
  it("is known all the same", async () => {
    const { port } = new URL(fixture.service.endpoint);
    fixture.service.endpoint = `http://localhost:${port}`;
    await author();
    fixture.service.endpoint = `http://LOCALHOST:${port}`;
    expect(await author()).toMatchObject({ state: "succeeded" });
    expect(creations()).toBe(1);
    await enqueueCommand(fixture.context(), "Tickets", { action: "delete" });
    await fixture.run();
    fixture.service.endpoint = `http://localhost:${port}`;
    expect(await author({ description: "new" })).toMatchObject({ state: "succeeded" });
  });
});

describe("a project file of v1.0-preview.2 that asks for what cannot be changed", () => {
  const multi = {
    kind: "CustomMultiLabelClassification",
    labels: {
      classes: [{ category: "a" }, { category: "b" }],
      documents: Array.from({ length: 12 }, (_, n) => ({
        location: `${n}.txt`,
        classes: [{ category: n % 2 === 0 ? "b" : "a" }],
      })),
    },
  };

  it.each([
    ["kind", multi, "OtherKind", "CustomSingleLabelClassification"],
    ["container", { container: "another-one" }, "OtherContainer", "another-one"],
    ["language", { language: "fr" }, "SettingsFixed", "fr-FR"],
    ["multilingual", { multilingual: true }, "SettingsFixed", "true"],
    ["description", { description: "new" }, "SettingsFixed", "new"],
  ])("fails for another %s, and names it", async (field, changes, code, value) => {
    await author();
    expect(await author(changes)).toMatchObject({
      state: "failed",
      error: {
        code,
        message: expect.stringMatching(new RegExp(`${field}.*${value}.*v1\\.0-preview\\.2`)),
        hint: expect.stringContaining(`${field} in project.json`),
      },
    });
    expect(fixture.service.count("POST /Tickets/train")).toBe(1);
  });

  it("does not mind another spelling of one language", async () => {
    await author({ language: "en" });
    expect(await author({ language: "en-us" })).toMatchObject({ state: "succeeded" });
  });
});
