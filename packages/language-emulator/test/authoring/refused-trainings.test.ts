import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { at } from "../emulator-fixture.ts";
import { projectOf } from "../own-projects.ts";
import { AuthoringFixture, TRAIN, told, VERSION } from "./authoring-fixture.ts";
import { changedTickets, newContainer, sampleTexts, upload } from "./training-containers.ts";

let authoring: AuthoringFixture;
let container = "";
beforeAll(async () => {
  authoring = await AuthoringFixture.start();
  container = await sampleTexts("tickets");
  await authoring.run("POST", "/helpdesk/:import", projectOf("tickets", "helpdesk", container));
});
afterAll(() => authoring.stop());

describe("a training", () => {
  it.each<[string, object, unknown[]]>([
    [
      "of an unknown configuration",
      { trainingConfigVersion: "2099-01-01" },
      [400, "InvalidArgument", "InvalidParameterValue", "trainingConfigVersion"],
    ],
    ["without a label", { modelLabel: undefined }, [400, "InvalidArgument", "InvalidParameterValue", "modelLabel"]],
    ["with a bad label", { modelLabel: "a b" }, [400, "InvalidArgument", "InvalidParameterValue", "modelLabel"]],
    [
      "with percentages that are not 100",
      { evaluationOptions: { trainingSplitPercentage: 80, testingSplitPercentage: 30 } },
      [400, "InvalidArgument", "InvalidParameterValue", "evaluationOptions"],
    ],
    [
      "with an unknown split",
      { evaluationOptions: { kind: "random" } },
      [400, "InvalidArgument", "InvalidParameterValue", "evaluationOptions.kind"],
    ],
  ])("%s is refused", async (_, fields, expected) => {
    expect(told(await authoring.call("POST", "/helpdesk/:train", { ...TRAIN, ...fields }))).toEqual(expected);
  });

  it("of a project in another case is refused: it is another project", async () => {
    expect(told(await authoring.call("POST", "/HelpDesk/:train", TRAIN))).toEqual([
      404,
      "ProjectNotFound",
      undefined,
      "projectName",
    ]);
  });

  it("on fewer than ten documents fails, and says how many there are", async () => {
    const file = changedTickets(container, ({ metadata, assets }) => {
      metadata.projectName = "small";
      assets.documents.splice(9);
    });
    await authoring.run("POST", "/small/:import", file);
    expect((await authoring.train("small")).body).toMatchObject({
      status: "failed",
      errors: [
        {
          code: "InvalidRequest",
          innererror: { code: "InvalidDocument", message: expect.stringContaining("9 labelled documents") },
        },
      ],
      result: { trainingStatus: { status: "failed" }, evaluationStatus: { status: "notStarted" } },
    });
    expect((await authoring.get("/small/models")).value).toEqual([]);
  });

  it.each<[string, (texts: Record<string, string>) => void, RegExp]>([
    ["a missing text", (texts) => delete texts["d3.txt"], /Not found in the container .*: d3\.txt\./],
    ["an empty text", (texts) => Object.assign(texts, { "d4.txt": " \n" }), /'d4\.txt' is empty/],
    [
      "a text that is too long",
      (texts) => Object.assign(texts, { "d5.txt": "x".repeat(128_001) }),
      /'d5\.txt' is longer than 128000/,
    ],
    ["labels outside a text", (texts) => Object.assign(texts, { "d6.txt": "Bo" }), /'d6\.txt' has labels outside/],
  ])("on %s fails, and names it", async (_, change, message) => {
    const own = await newContainer();
    const texts = Object.fromEntries(Array.from({ length: 12 }, (_each, index) => [`d${index}.txt`, "Boris called."]));
    const documents = Object.keys(texts).map((location) => ({
      location,
      entities: [{ regionOffset: 0, regionLength: 13, labels: [{ category: "Person", offset: 0, length: 5 }] }],
    }));
    change(texts);
    await upload(own, texts);
    const name = `n${own.containerName.slice(-6)}`;
    const projectKind = "CustomEntityRecognition";
    const metadata = { projectName: name, projectKind, language: "en", storageInputContainerName: own.containerName };
    const assets = { projectKind, entities: [{ category: "Person" }], documents };
    const file = { projectFileVersion: VERSION, stringIndexType: "Utf16CodeUnit", metadata, assets };
    expect((await authoring.run("POST", `/${name}/:import`, file)).body).toMatchObject({ status: "succeeded" });
    const { body } = await authoring.train(name);
    expect(String(at(body, "errors", 0, "innererror", "message"))).toMatch(message);
  });

  it("is refused at once instead, when the emulator is told so", async () => {
    const strict = await AuthoringFixture.start({ authoringProblems: "refuse" });
    await strict.importSample("tickets", "gone");
    await BlobServiceClient.fromConnectionString(inject("storage")).deleteContainer(
      String((await strict.get("/gone")).storageInputContainerName),
    );
    const answer = await strict.call("POST", "/gone/:train", TRAIN);
    expect(told(answer)).toEqual([400, "NotFound", undefined, "storageInputContainerName"]);
    await strict.stop();
  });

  it("of an eleventh model is refused, one of a label that exists is not", async () => {
    await authoring.run(
      "POST",
      "/full/:import",
      changedTickets(container, ({ metadata }) => Object.assign(metadata, { projectName: "full" })),
    );
    for (let model = 1; model <= 10; model++) await authoring.train("full", { ...TRAIN, modelLabel: `m${model}` });
    expect(told(await authoring.call("POST", "/full/:train", { ...TRAIN, modelLabel: "m11" }))).toEqual([
      400,
      "QuotaExceeded",
      undefined,
      undefined,
    ]);
    expect((await authoring.train("full", { ...TRAIN, modelLabel: "m10" })).body).toMatchObject({
      status: "succeeded",
    });
  });
});
