import { describe, expect, it } from "vitest";
import { defaultRunName, readBatchArguments } from "../../../scripts/batch/arguments.ts";
import { readPipeline } from "../../../scripts/batch/pipeline-view.ts";
import { openStorage } from "../../../scripts/batch/run-storage.ts";
import { json, type Reply, scriptedServer, text } from "../../lib/language/scripted-server.ts";

const environment = { AZURE_STORAGE_ACCOUNT: "storage1" };

describe("the command line of npm run batch", () => {
  it.each([
    [["folder"], "Which pipeline? --pipeline P"],
    [["--pipeline", "p"], "Name one folder, or with --watch one run."],
    [["folder", "other", "--pipeline", "p"], "Name one folder, or with --watch one run."],
    [["folder", "--watch", "p/x", "--pipeline", "p"], "Name one folder, or with --watch one run."],
    [["--watch", "p/x", "--name", "y", "--pipeline", "p"], "--watch names the run already"],
    [
      ["folder", "--pipeline", "p", "--name", "../x"],
      'A run is named like a folder, with at most 400 characters, not "../x"',
    ],
    [["folder", "--pipeline", "p", "--url", "localhost"], "--url must be an address"],
    [["folder", "--pipeline", "p", "--fast"], "--fast"],
  ])("%j is refused with what was expected, and the usage", (args, message) => {
    expect(() => readBatchArguments(args, environment)).toThrow(message);
    expect(() => readBatchArguments(args, environment)).toThrow("npm run batch -- FOLDER --pipeline P");
  });

  it("asks for a storage account, and takes the app's addresses and names from the environment", () => {
    expect(() => readBatchArguments(["folder", "--pipeline", "p"], {})).toThrow("Which storage account?");
    const given = readBatchArguments(["folder", "--pipeline", "p"], {
      ...environment,
      FUNCTIONS_URL: "https://app1.azurewebsites.net/",
      FUNCTIONS_KEY: "key",
      INPUT_CONTAINER_NAME: "in",
    });
    expect(given).toMatchObject({ url: "https://app1.azurewebsites.net", code: "key", wait: true, json: false });
    expect(openStorage(given).input.url).toBe("https://storage1.blob.core.windows.net/in");
  });

  it("does not repeat a connection string that is none: it holds a key", () => {
    const given = readBatchArguments(["folder", "--pipeline", "p", "--storage", "AccountKey=c2VjcmV0"], {});
    expect(() => openStorage(given)).toThrow(
      "--storage takes a connection string, an address (https://…) or the name of a storage account.",
    );
    expect(() => openStorage(given)).not.toThrow("c2VjcmV0");
  });

  it.each([
    ["tickets/**", "/x/may", "tickets/may"],
    ["a/b/*.txt", "/x/may", "a/b/may"],
    ["**/*.md", "/x/may", "may"],
    ["!tickets/**", "/x/may", "may"],
    ["in-{a,b}/**", "/x/may", "may"],
    ["tickets/in@(a|b)/**", "/x/may", "tickets/may"],
  ])("calls the run of a pipeline that takes %s after the folder %s: %s", (match, folder, name) => {
    expect(defaultRunName(match, folder)).toBe(name);
  });
});

describe("what the app says of a pipeline", () => {
  const reason = { code: "AccessDenied", message: "The key is wrong.", hint: "Set LANGUAGE_KEY." };
  const read = async (reply: Reply) => {
    const { endpoint } = await scriptedServer(reply);
    return readPipeline({ url: endpoint, code: undefined }, "tickets");
  };
  const pipelines = (changes: object) =>
    json(200, { pipelines: [{ name: "tickets", match: "tickets/**", ...changes }] });

  it("tells which documents it takes, and why it stands still", async () => {
    const view = await read(pipelines({ blocked: [reason] }));
    expect(view.takes("tickets/a/b.txt")).toBe(true);
    expect(view.standstill).toBe("blocked: AccessDenied: The key is wrong. Set LANGUAGE_KEY.");
    expect((await read(pipelines({ paused: { reason: "audit" } }))).standstill).toBe("paused: audit");
    expect((await read(pipelines({ blocked: [], paused: null }))).standstill).toBeUndefined();
  });

  it("is told from what something else says, in one line", async () => {
    await expect(read(pipelines({ removed: true }))).rejects.toThrow('has no pipeline "tickets"');
    await expect(read(text(401, ""))).rejects.toThrow("Give a function key of the app");
    await expect(read(text(200, "<html>"))).rejects.toThrow("is not this app");
    await expect(read(json(503, { detail: "Storage is away.", hint: "Wait." }))).rejects.toThrow(
      "Storage is away. Wait.",
    );
  });
});
