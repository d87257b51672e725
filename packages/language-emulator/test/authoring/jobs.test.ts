import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type Loose, locationOf } from "../emulator-fixture.ts";
import { AuthoringFixture, PROJECTS, TRAIN } from "./authoring-fixture.ts";

let authoring: AuthoringFixture;
beforeEach(async () => {
  authoring = await AuthoringFixture.start();
  await authoring.importSample("tickets", "helpdesk");
});
afterEach(() => authoring.stop());

async function startTraining(): Promise<string> {
  return locationOf(await authoring.call("POST", "/helpdesk/:train", TRAIN));
}

async function look(location: string): Promise<Loose> {
  return (await authoring.emulator.call("GET", location)).body;
}

describe("a job of authoring", () => {
  it("has an id of a guid and the ticks of the day, and is accepted with an empty answer", async () => {
    const { status, headers, body } = await authoring.call("POST", "/helpdesk/:train", TRAIN);
    expect([status, body, headers.get("retry-after")]).toEqual([202, undefined, null]);
    // 2026-03-01, in units of 100 nanoseconds since the year 1.
    expect(headers.get("operation-location")).toMatch(
      new RegExp(
        `^${authoring.emulator.service.url}${PROJECTS}/helpdesk/train/jobs/[0-9a-f-]{36}_639079200000000000\\?api-version=2023-04-01$`,
      ),
    );
  });

  it("can be asked about for seven days", async () => {
    const location = await startTraining();
    expect(await look(location)).toMatchObject({
      createdDateTime: "2026-03-01T12:00:10Z",
      expirationDateTime: "2026-03-08T12:00:10Z",
    });
    authoring.emulator.clock.advance(7 * 86_400 - 1);
    expect(await look(location)).toMatchObject({ status: "succeeded" });
    authoring.emulator.clock.advance(1);
    expect(await look(location)).toMatchObject({ error: { code: "OperationNotFound" } });
    expect(await authoring.get("/helpdesk/models/first")).toMatchObject({ label: "first" });
  });

  it("is not found under another project, another kind of job, or in the preview", async () => {
    const location = await startTraining();
    const id = /jobs\/([^?]+)/.exec(location)?.[1];
    for (const path of [`/tickets/train/jobs/${id}`, `/helpdesk/import/jobs/${id}`, "/helpdesk/train/jobs/x"]) {
      expect(await authoring.get(path)).toMatchObject({ error: { code: "OperationNotFound" } });
    }
    const preview = await authoring.emulator.call(
      "GET",
      `/language/text/authoring/v1.0-preview.2/projects/helpdesk/train/jobs/${id}`,
    );
    expect(preview.status).toBe(404);
  });
});

describe("a training", () => {
  it("says how far it is, then evaluates, then shows the model", async () => {
    const location = await startTraining();
    const seen: Loose[] = [await look(location)];
    for (const seconds of [10, 35, 35, 10, 10]) {
      authoring.emulator.clock.advance(seconds);
      seen.push(await look(location));
    }
    const states = seen.map(({ status, result }) => [
      status,
      at(result, "trainingStatus", "status"),
      at(result, "trainingStatus", "percentComplete"),
      at(result, "evaluationStatus", "status"),
      at(result, "evaluationStatus", "percentComplete"),
    ]);
    expect(states).toEqual([
      ["notStarted", "notStarted", 0, "notStarted", 0],
      ["running", "running", 0, "notStarted", 0],
      ["running", "running", 50, "notStarted", 0],
      ["running", "succeeded", 100, "running", 0],
      ["running", "succeeded", 100, "running", 50],
      ["succeeded", "succeeded", 100, "succeeded", 100],
    ]);
    expect(at(seen[2], "result")).toMatchObject({
      estimatedEndDateTime: "2026-03-01T12:01:50Z",
      trainingStatus: { startDateTime: "2026-03-01T12:00:20Z" },
    });
    expect(at(seen[5], "result")).not.toHaveProperty("estimatedEndDateTime");
    expect(seen[5]).not.toHaveProperty("errors");
    expect(await authoring.get("/helpdesk/models/first")).toEqual({
      label: "first",
      modelId: expect.stringMatching(/^first-20260301T120010-[0-9a-f]{32}$/),
      lastTrainedDateTime: "2026-03-01T12:01:50Z",
      lastTrainingDurationInSeconds: 90,
      modelExpirationDate: "2026-09-01",
      modelTrainingConfigVersion: "2022-05-01",
      hasSnapshot: true,
    });
  });

  it("shows no model before it is over", async () => {
    await startTraining();
    authoring.emulator.clock.advance(99);
    expect((await authoring.call("GET", "/helpdesk/models/first")).status).toBe(404);
  });

  it("can be cancelled until it is over, and then leaves no model", async () => {
    const location = await startTraining();
    authoring.emulator.clock.advance(45);
    const cancel = location.replace("?", "/:cancel?");
    const accepted = await authoring.emulator.call("POST", cancel);
    expect([accepted.status, locationOf(accepted)]).toEqual([202, location]);
    expect(await look(location)).toMatchObject({ status: "cancelling" });
    authoring.emulator.clock.advance(1);
    expect(await look(location)).toMatchObject({
      status: "cancelled",
      result: {
        trainingStatus: { status: "cancelled", percentComplete: 50 },
        evaluationStatus: { status: "cancelled" },
      },
    });
    const again = await authoring.emulator.call("POST", cancel);
    expect([again.status, at(again.body, "error", "code")]).toEqual([400, "InvalidRequest"]);
    authoring.emulator.clock.advance(100);
    expect((await authoring.call("GET", "/helpdesk/models/first")).status).toBe(404);
    expect((await authoring.train("helpdesk")).body).toMatchObject({ status: "succeeded" });
  });

  it("is the only one of its project at a time", async () => {
    await startTraining();
    const second = await authoring.call("POST", "/helpdesk/:train", { ...TRAIN, modelLabel: "second" });
    expect([second.status, at(second.body, "error", "code")]).toEqual([409, "Conflict"]);
    expect(authoring.emulator.service.stats().trainings).toEqual({ helpdesk: 1 });
  });

  it("is counted by project, and listed the oldest first", async () => {
    for (const modelLabel of ["a", "b", "c"]) await authoring.train("helpdesk", { ...TRAIN, modelLabel });
    expect(authoring.emulator.service.stats().trainings).toEqual({ helpdesk: 3 });
    const { value, nextLink } = await authoring.get("/helpdesk/train/jobs");
    expect((value as unknown as Loose[]).map(({ result }) => String(at(result, "modelLabel")))).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(nextLink).toBeNull();
  });

  it("holds out the same documents every time", async () => {
    const tested = async (): Promise<string[]> => {
      await authoring.train("helpdesk");
      const { value } = await authoring.get("/helpdesk/models/first/evaluation/result?stringIndexType=Utf16CodeUnit");
      return (value as unknown as Loose[]).map(({ location }) => String(location));
    };
    expect(await tested()).toEqual(await tested());
  });
});

describe("a list", () => {
  async function names(query: string): Promise<[string[], string | null]> {
    const { value, nextLink } = await authoring.get(`?${query}`);
    const list = (value as unknown as Loose[]).map(({ projectName }) => String(projectName));
    return [list, nextLink as unknown as string | null];
  }

  it("comes whole, or by top and skip", async () => {
    const [all, next] = await names("");
    expect([all, next]).toEqual([["contracts", "incidents", "tickets", "visits", "helpdesk"], null]);
    expect(await names("top=2&skip=1")).toEqual([["incidents", "tickets"], null]);
  });

  it("comes in pages, each with the address of the next", async () => {
    const [first, next] = await names("maxpagesize=2&top=5");
    expect(first).toEqual(["contracts", "incidents"]);
    expect(next).toMatch(/\/projects\/\?api-version=2023-04-01&top=3&skip=2&maxpagesize=2$/);
    const pages: number[] = [];
    for (let link = next; link !== null; ) {
      const { body } = await authoring.emulator.call("GET", link);
      pages.push((body.value as unknown as Loose[]).length);
      link = body.nextLink as unknown as string | null;
    }
    expect(pages).toEqual([2, 1]);
  });

  it.each(["top=x", "skip=-1", "maxpagesize=0"])("is refused for %s", async (query) => {
    expect(await authoring.get(`?${query}`)).toMatchObject({ error: { code: "InvalidArgument" } });
  });

  it("of languages and training configurations needs no project", async () => {
    const languages = (await authoring.get("/global/languages?projectKind=CustomEntityRecognition")).value;
    expect(languages).toContainEqual({ languageName: "English", languageCode: "en-us" });
    expect((await authoring.get("/global/training-config-versions")).value).toEqual([
      { trainingConfigVersion: "2022-05-01", modelExpirationDate: "2026-09-01" },
    ]);
  });
});
