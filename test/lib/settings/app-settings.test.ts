import { describe, expect, it } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { readAppSettings } from "../../../src/lib/settings/app-settings.ts";
import { APP_SETTINGS, NUMBER_SETTINGS } from "../../../src/lib/settings/app-settings-table.ts";

const LEAST = {
  AzureWebJobsStorage: "UseDevelopmentStorage=true",
  LANGUAGE_ENDPOINT: "https://reader.cognitiveservices.azure.com",
};

function problemsOf(env: Record<string, string | undefined>): SettingsError["problems"] {
  try {
    readAppSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("readAppSettings", () => {
  it("needs only the storage account and the endpoint", () => {
    expect(readAppSettings(LEAST)).toEqual({
      storage: { kind: "connectionString", connectionString: "UseDevelopmentStorage=true" },
      languageEndpoint: "https://reader.cognitiveservices.azure.com",
      languageKeys: {},
      authoring: false,
      allowed: {
        language: {
          setting: "ALLOWED_LANGUAGE_HOSTS",
          hosts: ["reader.cognitiveservices.azure.com", "*.cognitiveservices.azure.com"],
          loopback: false,
        },
        storage: {
          setting: "ALLOWED_STORAGE_HOSTS",
          hosts: ["*.blob.core.windows.net", "*.blob.storage.azure.net"],
          loopback: false,
        },
      },
      pipelinesFile: "pipelines.json",
      containers: {
        input: "documents",
        results: "results",
        failed: "failed",
        redacted: "redacted",
        work: "language-batch-work",
        projects: "projects",
      },
      jobsPerBatch: 24,
      maxAttempts: 5,
      maxDocumentMegabytes: 20,
      maxDocumentPages: 5000,
      maxUnpackedMegabytes: 100,
      maxNestedLevels: 512,
      extractionSeconds: 60,
      extractionMegabytes: 256,
      maxTextRecordsPerDocument: 5000,
      maxTextRecordsPerDay: 1_000_000,
      requestTimeoutSeconds: 60,
      firstPollSeconds: 2,
      longestPollSeconds: 30,
      longestBlockedSeconds: 300,
      sweepIntervalMinutes: 1,
      sweepPageDocuments: 5000,
      keepFinishedDays: 7,
      languageCallsPerMinute: 1000,
      prices: expect.objectContaining({ currency: "USD", date: "2026-11-28" }),
    });
  });

  it("takes an empty value for an absent one, as templates write it", () => {
    const settings = readAppSettings({ ...LEAST, LANGUAGE_KEY: "", JOBS_PER_BATCH: " ", INPUT_CONTAINER: "" });
    expect(settings).toMatchObject({ jobsPerBatch: 24, containers: { input: "documents" } });
    expect(settings.languageKey).toBeUndefined();
  });

  it.each(Object.values(NUMBER_SETTINGS))("$name takes its range and nothing beyond", ({ name, min, max, unit }) => {
    const property = Object.entries(NUMBER_SETTINGS).find(([, row]) => row.name === name)?.[0];
    const rest = { ...LEAST, LONGEST_POLL_SECONDS: "600" };
    expect(readAppSettings({ ...rest, [name]: String(max) })).toHaveProperty(property ?? "", max);
    if (name !== "LONGEST_POLL_SECONDS") {
      expect(readAppSettings({ ...rest, [name]: String(min) })).toHaveProperty(property ?? "", min);
    }
    for (const wrong of [String(min - 1), String(max + 1), "1.5", "many", "-1", "0x10", "1e1"]) {
      expect(problemsOf({ ...rest, [name]: wrong })).toEqual([
        {
          where: name,
          found: JSON.stringify(wrong),
          expected: `a whole number of ${unit} from ${min} to ${max}`,
        },
      ]);
    }
  });

  it("reports every problem at once", () => {
    const problems = problemsOf({
      LANGUAGE_ENDPOINT: "http://reader.cognitiveservices.azure.com",
      INPUT_CONTAINER: "Documents",
      MAX_ATTEMPTS: "none",
    });
    expect(problems.map(({ where }) => where).toSorted()).toEqual([
      "AzureWebJobsStorage",
      "INPUT_CONTAINER",
      "LANGUAGE_ENDPOINT",
      "MAX_ATTEMPTS",
    ]);
  });

  it("says in one message where, what was found and what was expected", () => {
    expect(() => readAppSettings({ ...LEAST, MAX_ATTEMPTS: "0", JOBS_PER_BATCH: "99" })).toThrow(
      [
        "App settings: 2 problems.",
        'JOBS_PER_BATCH: found "99", expected a whole number of jobs from 1 to 24.',
        'MAX_ATTEMPTS: found "0", expected a whole number of attempts from 1 to 20.',
      ].join(" "),
    );
  });

  it.each([
    ["LANGUAGE_ENDPIONT", "LANGUAGE_ENDPOINT"],
    ["language_key", "LANGUAGE_KEY"],
    ["INPUT_CONTAINR", "INPUT_CONTAINER"],
    ["JOBS_PER_BATCHES", "JOBS_PER_BATCH"],
  ])("takes %s for a slip of %s", (mistyped, meant) => {
    const { [meant as keyof typeof LEAST]: _, ...rest } = LEAST;
    expect(problemsOf({ ...rest, [mistyped]: "4" })).toContainEqual(
      expect.objectContaining({ where: mistyped, expected: meant }),
    );
  });

  it.each(["LANGUAGE", "PATH", "JOB_QUEUE", "MAX_WORKERS", "AzureWebJobsDashboard", "AzureWebJobsFeatureFlags"])(
    "leaves %s to other programs",
    (name) => {
      expect(problemsOf({ ...LEAST, [name]: "x" })).toEqual([]);
    },
  );

  it("does not mind a near name once the right one is set", () => {
    expect(problemsOf({ ...LEAST, JOBS_PER_BATCH: "2", JOBS_PER_BATCHES: "2" })).toEqual([]);
  });

  it.each([
    [{ RESULTS_CONTAINER: "documents" }, "RESULTS_CONTAINER"],
    [{ INPUT_CONTAINER: "results" }, "RESULTS_CONTAINER"],
    [{ WORK_CONTAINER: "same", FAILED_CONTAINER: "same" }, "WORK_CONTAINER"],
    [{ PROJECTS_CONTAINER: "failed" }, "PROJECTS_CONTAINER"],
  ])("refuses one container for two purposes: %j", (env, where) => {
    expect(problemsOf({ ...LEAST, ...env })).toEqual([
      { where, found: expect.stringContaining("which is also"), expected: "a container of its own" },
    ]);
  });

  it.each(["ab", "a".repeat(64), "-docs", "docs-", "do--cs", "Docs", "d_cs", "azure-webjobs-hosts", "$web"])(
    "refuses %s as the name of a container",
    (name) => {
      expect(problemsOf({ ...LEAST, INPUT_CONTAINER: name })).toHaveLength(1);
    },
  );

  it.each(["abc", "a1-b2-c3", "a".repeat(63), "123"])("takes %s as the name of a container", (name) => {
    expect(readAppSettings({ ...LEAST, INPUT_CONTAINER: name }).containers.input).toBe(name);
  });

  it("refuses a first look later than the longest pause between looks", () => {
    expect(problemsOf({ ...LEAST, FIRST_POLL_SECONDS: "31" })).toEqual([
      { where: "FIRST_POLL_SECONDS", found: "31", expected: "at most LONGEST_POLL_SECONDS, which is 30" },
    ]);
  });

  it("wants a key for an http endpoint, to which no token is sent", () => {
    const local = { ...LEAST, LANGUAGE_ENDPOINT: "http://localhost:5000" };
    expect(problemsOf(local)).toEqual([expect.objectContaining({ where: "LANGUAGE_KEY" })]);
    expect(readAppSettings({ ...local, LANGUAGE_KEY: "k" })).toMatchObject({ languageKey: "k" });
  });

  it.each([
    ["LANGUAGE_KEY", "s3cret key with spaces"],
    ["LANGUAGE_KEY", "@Microsoft.KeyVault(SecretUri=https://s3cret.vault.azure.net/)"],
    ["AzureWebJobsStorage", "s3cret"],
    ["AzureWebJobsStorage", "@Microsoft.KeyVault(SecretUri=https://s3cret.vault.azure.net/)"],
    ["AzureWebJobsStorage__blobServiceUri", "https://a.blob.core.windows.net/?sig=s3cret"],
    ["LANGUAGE_ENDPOINT", "https://user:s3cret@host"],
    ["LANGUAGE_ENDPOINT", "https://host/?subscription-key=s3cret"],
    ["LANGUAGE_ENDPOINT", "ht tp://user:s3cret@host"],
  ])("keeps the value of a wrong %s out of the message", (name, value) => {
    const env: Record<string, string | undefined> = { ...LEAST, [name]: value };
    if (name.startsWith("AzureWebJobsStorage__")) env.AzureWebJobsStorage = undefined;
    expect(problemsOf(env).length).toBeGreaterThan(0);
    expect(() => readAppSettings(env)).not.toThrow(/s3cret/);
  });
});

describe("APP_SETTINGS", () => {
  it("names each setting once", () => {
    const names = APP_SETTINGS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.values(NUMBER_SETTINGS))("$name has its unit in its name and its default in its range", (row) => {
    expect(row.name.toLowerCase()).toContain(row.unit);
    expect(row.default).toBeGreaterThanOrEqual(row.min);
    expect(row.default).toBeLessThanOrEqual(row.max);
  });
});
