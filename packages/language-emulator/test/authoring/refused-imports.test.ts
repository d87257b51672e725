import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OwnProject, projectOf } from "../own-projects.ts";
import { AuthoringFixture, told } from "./authoring-fixture.ts";
import { changedTickets, sampleTexts } from "./training-containers.ts";

let authoring: AuthoringFixture;
let container = "";
beforeAll(async () => {
  authoring = await AuthoringFixture.start();
  container = await sampleTexts("tickets");
});
afterAll(() => authoring.stop());

describe("an import is refused", () => {
  it.each<[string, (file: OwnProject) => void, unknown[]]>([
    [
      "for a file of a later version",
      (file) => {
        file.projectFileVersion = "2023-04-15-preview";
      },
      [400, "InvalidArgument", "InvalidParameterValue", "projectFileVersion"],
    ],
    [
      "with offsets in other units",
      (file) => {
        file.stringIndexType = "UnicodeCodePoint";
      },
      [400, "InvalidArgument", "InvalidParameterValue", "stringIndexType"],
    ],
    [
      "with labels of another kind",
      (file) => {
        file.assets = projectOf("contracts", "x", container).assets;
      },
      [400, "InvalidArgument", "InvalidParameterValue", "assets.projectKind"],
    ],
    [
      "with a class that is not declared",
      (file) => {
        file.assets.documents.push({ location: "a.txt", class: { category: "tea" } });
      },
      [400, "InvalidRequest", "InvalidDocument", undefined],
    ],
    [
      "with a document in an unknown language",
      (file) => {
        file.assets.documents.push({ location: "a.txt", language: "tlh", class: { category: "billing" } });
      },
      [400, "InvalidArgument", "UnsupportedLanguageCode", "assets.documents"],
    ],
    [
      "with a document that is no text file",
      (file) => {
        file.assets.documents.push({ location: "a.pdf", class: { category: "billing" } });
      },
      [400, "InvalidRequest", "InvalidDocument", undefined],
    ],
    [
      "with a document in a folder",
      (file) => {
        file.assets.documents.push({ location: "folder/a.txt", class: { category: "billing" } });
      },
      [400, "InvalidRequest", "InvalidDocument", undefined],
    ],
    [
      "with a class name that is not allowed",
      (file) => {
        Object.assign(file.assets, { classes: [{ category: "50%" }] });
      },
      [400, "InvalidArgument", "InvalidParameterValue", "assets.classes.0.category"],
    ],
    [
      "with more than 200 classes",
      (file) => {
        Object.assign(file.assets, { classes: Array.from({ length: 201 }, (_, index) => ({ category: `c${index}` })) });
      },
      [400, "InvalidArgument", "InvalidParameterValue", "assets"],
    ],
    [
      "from a container that is not there",
      (file) => {
        file.metadata.storageInputContainerName = "nowhere";
      },
      [400, "NotFound", undefined, "storageInputContainerName"],
    ],
  ])("an import is refused %s", async (_, change, expected) => {
    expect(told(await authoring.call("POST", "/fresh/:import", changedTickets(container, change)))).toEqual(expected);
    expect((await authoring.call("GET", "/fresh")).status).toBe(404);
  });

  it("not for being larger than what the runtime takes", async () => {
    const file = changedTickets(container, ({ metadata }) =>
      Object.assign(metadata, { description: "x".repeat(1_100_000) }),
    );
    expect((await authoring.call("POST", "/fresh/:import", file)).status).toBe(202);
  });

  it("in a job instead, when the emulator is told so", async () => {
    const late = await AuthoringFixture.start({ authoringProblems: "failJob" });
    const file = changedTickets(container, ({ metadata }) =>
      Object.assign(metadata, { storageInputContainerName: "nowhere" }),
    );
    const { body } = await late.run("POST", "/fresh/:import", file);
    expect(body).toMatchObject({ status: "failed", errors: [{ code: "NotFound" }] });
    expect((await late.call("GET", "/fresh")).status).toBe(404);
    await late.stop();
  });
});
