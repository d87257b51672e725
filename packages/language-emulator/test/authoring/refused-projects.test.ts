import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { at, EmulatorFixture } from "../emulator-fixture.ts";
import { projectOf } from "../own-projects.ts";
import { AuthoringFixture, told, VERSION } from "./authoring-fixture.ts";
import { sampleTexts } from "./training-containers.ts";

let authoring: AuthoringFixture;
let container = "";
beforeAll(async () => {
  authoring = await AuthoringFixture.start();
  container = await sampleTexts("tickets");
  await authoring.run("POST", "/helpdesk/:import", projectOf("tickets", "helpdesk", container));
});
afterAll(() => authoring.stop());

describe("a project is refused", () => {
  const whole = { projectName: "fresh", projectKind: "CustomEntityRecognition", language: "en" };

  it.each<[string, string, object, unknown[]]>([
    [
      "without a kind",
      "fresh",
      { projectKind: undefined },
      [400, "InvalidArgument", "InvalidParameterValue", "projectKind"],
    ],
    [
      "of a kind that nobody knows",
      "fresh",
      { projectKind: "CustomTea" },
      [400, "InvalidArgument", "InvalidParameterValue", "projectKind"],
    ],
    [
      "without a language",
      "fresh",
      { language: undefined },
      [400, "InvalidArgument", "InvalidParameterValue", "language"],
    ],
    [
      "in an unknown language",
      "fresh",
      { language: "tlh" },
      [400, "InvalidArgument", "UnsupportedLanguageCode", "language"],
    ],
    [
      "with multilingual as a string",
      "fresh",
      { multilingual: "True" },
      [400, "InvalidArgument", "InvalidParameterValue", "multilingual"],
    ],
    [
      "with a name with spaces",
      "two%20words",
      { projectName: "two words" },
      [400, "InvalidArgument", "InvalidParameterValue", "projectName"],
    ],
    [
      "with a name of 51 letters",
      "n".repeat(51),
      { projectName: "n".repeat(51) },
      [400, "InvalidArgument", "InvalidParameterValue", "projectName"],
    ],
    [
      "with another name than its address",
      "fresh",
      { projectName: "other" },
      [400, "InvalidArgument", "InvalidParameterValue", "projectName"],
    ],
    [
      "in a container that is not there",
      "fresh",
      { storageInputContainerName: "nowhere" },
      [400, "NotFound", undefined, "storageInputContainerName"],
    ],
    [
      "in a container that cannot be",
      "fresh",
      { storageInputContainerName: "No Such" },
      [400, "NotFound", undefined, "storageInputContainerName"],
    ],
    [
      "with a name that another kind has",
      "helpdesk",
      { projectName: "helpdesk" },
      [400, "InvalidArgument", undefined, "projectKind"],
    ],
    [
      "that would change its container",
      "helpdesk",
      { projectName: "helpdesk", projectKind: "CustomSingleLabelClassification", storageInputContainerName: "other" },
      [400, "InvalidArgument", undefined, "storageInputContainerName"],
    ],
  ])("a project is refused %s", async (_, name, fields, expected) => {
    const body = { ...whole, storageInputContainerName: container, ...fields };
    expect(told(await authoring.call("PATCH", `/${name}`, body))).toEqual(expected);
  });

  it("when the resource may not read the storage account", async () => {
    const stranger = inject("storage").replace(
      /AccountKey=[^;]+/,
      `AccountKey=${Buffer.alloc(64, 7).toString("base64")}`,
    );
    await using emulator = await EmulatorFixture.start({ storage: stranger });
    const body = { ...whole, storageInputContainerName: container };
    const path = `/language/authoring/analyze-text/projects/fresh?api-version=${VERSION}`;
    const answer = await emulator.call("PATCH", path, body);
    expect(told(answer)).toEqual([400, "Forbidden", undefined, "storageInputContainerName"]);
    expect(String(at(answer.body, "error", "message"))).toContain("Storage Blob Data Contributor");
  });

  it("when the storage account does not answer", async () => {
    const nowhere = inject("storage").replace(/BlobEndpoint=[^;]+/, "BlobEndpoint=http://127.0.0.1:9/devstoreaccount1");
    await using emulator = await EmulatorFixture.start({ storage: nowhere });
    const path = `/language/authoring/analyze-text/projects/fresh?api-version=${VERSION}`;
    const answer = await emulator.call("PATCH", path, { ...whole, storageInputContainerName: container });
    expect(told(answer)).toEqual([503, "ServiceUnavailable", undefined, "storageInputContainerName"]);
  });

  it("when no storage account is connected", async () => {
    await using emulator = await EmulatorFixture.start({ storage: false });
    const path = `/language/authoring/analyze-text/projects/fresh?api-version=${VERSION}`;
    const answer = await emulator.call("PATCH", path, { ...whole, storageInputContainerName: container });
    expect(told(answer)).toEqual([400, "InvalidRequest", undefined, "storageInputContainerName"]);
  });

  it("when there are 500", async () => {
    await using emulator = await EmulatorFixture.start({ storage: inject("storage") });
    const known = emulator.service.projects;
    const metadata = known.project("tickets")?.metadata;
    if (metadata === undefined) throw new Error("no sample tickets");
    for (let index = known.projects().length; index < 500; index++)
      known.set({ ...metadata, projectName: `p${index}` }, 0);
    const path = `/language/authoring/analyze-text/projects/fresh?api-version=${VERSION}`;
    const answer = await emulator.call("PATCH", path, { ...whole, storageInputContainerName: container });
    expect(told(answer)).toEqual([400, "QuotaExceeded", undefined, undefined]);
  });
});
