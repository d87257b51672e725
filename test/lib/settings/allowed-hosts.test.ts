import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readApp } from "../../../src/lib/app.ts";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { readAppSettings } from "../../../src/lib/settings/app-settings.ts";
import { isAllowed } from "../../../src/lib/settings/endpoint.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

const MINE = "https://mine.cognitiveservices.azure.com";
const BASE = { AzureWebJobsStorage__accountName: "mine", LANGUAGE_ENDPOINT: MINE };

const allowed = (changes: Record<string, string> = {}) => readAppSettings({ ...BASE, ...changes }).allowed;

const pipeline = (fields: object = {}) => ({
  name: "p",
  match: "**",
  apiVersion: "2023-04-01",
  tasks: [{ kind: "KeyPhraseExtraction" }],
  ...fields,
});

/** An app with these settings and one pipeline. */
function appWith(changes: Record<string, string> = {}, fields: object = {}) {
  const path = join(tmpdir(), `pipelines-${randomBytes(6).toString("hex")}.json`);
  writeFileSync(path, JSON.stringify({ pipelines: [pipeline(fields)] }));
  onTestFinished(() => rmSync(path));
  return readApp({ ...BASE, PIPELINES_FILE: path, ...changes });
}

describe("the hosts that credentials go to", () => {
  it.each([
    [MINE, true],
    ["https://other.cognitiveservices.azure.com/gateway", true],
    ["https://OTHER.CognitiveServices.Azure.com", true],
    ["http://other.cognitiveservices.azure.com", false],
    ["https://evil.example", false],
    ["https://cognitiveservices.azure.com.evil.example", false],
    ["https://evil-cognitiveservices.azure.com", false],
    ["https://x.cognitiveservices.azure.com.evil.example", false],
    ["https://x.cognitiveservices.azure.com@evil.example", false],
    ["https://x.cognitiveservices.azure.com:8443", false],
    ["https://x.cognitiveservices.azure.us", false],
    ["https://127.0.0.1:9000", false],
    ["https://localhost", false],
    ["no address", false],
  ])("by default: %s is %s", (address, expected) => {
    expect(isAllowed(address, allowed().language)).toBe(expected);
  });

  it.each([
    ["https://mine.blob.core.windows.net", true],
    ["https://texts.z12.blob.storage.azure.net", true],
    ["https://blob.core.windows.net.evil.example", false],
    ["https://mine.queue.core.windows.net", false],
    ["https://evil.example/mine.blob.core.windows.net", false],
  ])("by default, for storage accounts: %s is %s", (address, expected) => {
    expect(isAllowed(address, allowed().storage)).toBe(expected);
  });

  it("are those of the cloud that the app's own addresses are in", () => {
    const { language, storage } = allowed({ LANGUAGE_ENDPOINT: "https://mine.cognitiveservices.azure.us" });
    expect(language.hosts).toEqual(["mine.cognitiveservices.azure.us", "*.cognitiveservices.azure.us"]);
    expect(isAllowed("https://texts.blob.core.usgovcloudapi.net", storage)).toBe(true);
    expect(isAllowed(MINE, language)).toBe(false);
  });

  it("are what the settings say, and always the app's own", () => {
    const { language, storage } = allowed({
      ALLOWED_LANGUAGE_HOSTS: "second.cognitiveservices.azure.com, gateway.contoso.com:8443",
      ALLOWED_STORAGE_HOSTS: "*.Contoso.com",
    });
    expect(isAllowed(MINE, language)).toBe(true);
    expect(isAllowed("https://second.cognitiveservices.azure.com", language)).toBe(true);
    expect(isAllowed("https://gateway.contoso.com:8443/language-a", language)).toBe(true);
    expect(isAllowed("https://gateway.contoso.com", language)).toBe(false);
    expect(isAllowed("https://third.cognitiveservices.azure.com", language)).toBe(false);
    expect(isAllowed("https://texts.contoso.com", storage)).toBe(true);
    expect(isAllowed("https://contoso.com", storage)).toBe(false);
    expect(isAllowed("https://mine.blob.core.windows.net", storage)).toBe(true);
  });

  it("are this machine's too where the app is developed", () => {
    expect(isAllowed("http://127.0.0.1:9000", allowed({ AZURE_FUNCTIONS_ENVIRONMENT: "Development" }).language)).toBe(
      true,
    );
    expect(isAllowed("http://127.0.0.1:9000", allowed({ AZURE_FUNCTIONS_ENVIRONMENT: "Production" }).language)).toBe(
      false,
    );
    const own = allowed({ LANGUAGE_ENDPOINT: "http://127.0.0.1:9000", LANGUAGE_KEY: "k" }).language;
    expect(isAllowed("http://127.0.0.1:9000", own)).toBe(true);
    expect(isAllowed("http://127.0.0.1:9001", own)).toBe(false);
  });

  it.each(["*", "*.com", "https://a.example", "a.example/path", "a.example,,b.example", "a_b"])(
    "may not be given as %j",
    (hosts) => {
      for (const name of ["ALLOWED_LANGUAGE_HOSTS", "ALLOWED_STORAGE_HOSTS"]) {
        expect(() => allowed({ [name]: hosts })).toThrow(
          expect.objectContaining({ problems: [expect.objectContaining({ where: name })] }),
        );
      }
    },
  );
});

describe("an address on another host", () => {
  it("is a problem of the pipeline that names it, and stops the start", () => {
    const text = JSON.stringify({ pipelines: [pipeline({ endpoint: "https://evil.example/x?code=s3cret" })] });
    const { language } = allowed();
    const read = () => parsePipelines(text, "pipelines.json", language);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/pipelines\[0\]\.endpoint.*"https:\/\/evil\.example\/x\?\(query\)".*ALLOWED_LANGUAGE_HOSTS/);
    expect(read).not.toThrow(/s3cret/);
    expect(() => appWith({}, { endpoint: "https://evil.example" })).toThrow(SettingsError);
    expect(() => appWith({}, { endpoint: "https://other.cognitiveservices.azure.com" })).not.toThrow();
  });

  it("gets no client, whatever asks for one", () => {
    const app = appWith({ LANGUAGE_KEY: "k" });
    const refused = expect.objectContaining({
      class: "blocked",
      code: "HostNotAllowed",
      message: expect.stringContaining("evil.example"),
      hint: expect.stringContaining("ALLOWED_LANGUAGE_HOSTS"),
    });
    const project = app.project("tickets", () => {});
    expect(() => app.language.analysis("https://evil.example", "2023-04-01")).toThrow(refused);
    expect(() => app.language.authoring("https://evil.example", "2023-04-01")).toThrow(refused);
    expect(() => project.client({ endpoint: "https://evil.example", apiVersion: "2023-04-01" })).toThrow(refused);
    expect(() => app.language.analysis(MINE, "2023-04-01")).not.toThrow();
  });

  it("gets no training texts read from it or written to it", () => {
    const { trainingContainer } = appWith().project("tickets", () => {});
    const at = (storageAccount: string) => trainingContainer({ container: "texts", storageAccount });
    expect(() => at("https://evil.example")).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({ hint: expect.stringContaining("ALLOWED_STORAGE_HOSTS") }),
      }),
    );
    expect(at("https://linked.blob.core.windows.net").url).toBe("https://linked.blob.core.windows.net/texts");
  });
});
