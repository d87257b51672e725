import { describe, expect, it } from "vitest";
import type { SettingsProblem } from "../../../src/lib/common/problems.ts";
import { readStorageSettings } from "../../../src/lib/settings/storage-settings.ts";

const CLIENT = "0f3d1c1e-6f0a-4c55-9a53-0d5a0c1f8b11";

function read(env: Record<string, string | undefined>) {
  const problems: SettingsProblem[] = [];
  return { storage: readStorageSettings(env, problems), problems };
}

describe("readStorageSettings", () => {
  it.each([
    "UseDevelopmentStorage=true",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=azE=;EndpointSuffix=core.windows.net",
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=azE=;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:2/a;EndpointSuffix=core.windows.net",
    "BlobEndpoint=https://a.blob.core.windows.net;QueueEndpoint=https://a.queue.core.windows.net;SharedAccessSignature=sv=2024-11-04&sig=azE%3D",
  ])("takes the connection string %s", (connectionString) => {
    expect(read({ AzureWebJobsStorage: connectionString }).storage).toEqual({
      kind: "connectionString",
      connectionString,
    });
  });

  it.each([
    [
      "an account name",
      { accountName: "documents1" },
      {
        blobServiceUri: "https://documents1.blob.core.windows.net",
        queueServiceUri: "https://documents1.queue.core.windows.net",
        credential: "default",
      },
    ],
    [
      "the addresses of the services",
      {
        blobServiceUri: "https://a.blob.core.usgovcloudapi.net/",
        queueServiceUri: "https://a.queue.core.usgovcloudapi.net",
        tableServiceUri: "https://a.table.core.usgovcloudapi.net",
      },
      {
        blobServiceUri: "https://a.blob.core.usgovcloudapi.net",
        queueServiceUri: "https://a.queue.core.usgovcloudapi.net",
        credential: "default",
      },
    ],
    [
      "a user-assigned identity",
      { accountName: "documents1", credential: "managedidentity", clientId: CLIENT },
      {
        blobServiceUri: "https://documents1.blob.core.windows.net",
        queueServiceUri: "https://documents1.queue.core.windows.net",
        credential: "managedIdentity",
        clientId: CLIENT,
      },
    ],
    [
      "names and values in another case, as the host does",
      { ACCOUNTNAME: "documents1", Credential: "ManagedIdentity" },
      {
        blobServiceUri: "https://documents1.blob.core.windows.net",
        queueServiceUri: "https://documents1.queue.core.windows.net",
        credential: "managedIdentity",
      },
    ],
  ])("takes %s", (_, parts, expected) => {
    const env = Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [`AzureWebJobsStorage__${name}`, value]),
    );
    expect(read(env)).toEqual({ storage: { kind: "identity", ...expected }, problems: [] });
  });

  it("lets the connection string win, as the host does", () => {
    const env = { AzureWebJobsStorage: "UseDevelopmentStorage=true", AzureWebJobsStorage__accountName: "documents1" };
    expect(read(env).storage).toMatchObject({ kind: "connectionString" });
  });

  it.each([
    ["nothing at all", {}, "AzureWebJobsStorage"],
    ["one address of two", { blobServiceUri: "https://a.blob.core.windows.net" }, "AzureWebJobsStorage"],
    ["an account name that cannot be", { accountName: "My-Account" }, "AzureWebJobsStorage__accountName"],
    [
      "an address over http",
      { blobServiceUri: "http://a.blob.core.windows.net", queueServiceUri: "https://a.queue.core.windows.net" },
      "AzureWebJobsStorage__blobServiceUri",
    ],
    ["an unknown credential", { accountName: "documents1", credential: "secret" }, "AzureWebJobsStorage__credential"],
    ["a client id that is none", { accountName: "documents1", clientId: "me" }, "AzureWebJobsStorage__clientId"],
    [
      "a form that only other hosts know",
      { accountName: "documents1", tenantId: CLIENT },
      "AzureWebJobsStorage__tenantId",
    ],
  ])("refuses %s", (_, parts, where) => {
    const env = Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [`AzureWebJobsStorage__${name}`, value]),
    );
    const { storage, problems } = read(env);
    expect(storage).toBeUndefined();
    expect(problems.map((problem) => problem.where)).toEqual([where]);
  });

  it("suggests the name that was meant", () => {
    const { problems } = read({ AzureWebJobsStorage__blobServiceUrl: "https://a.blob.core.windows.net" });
    expect(problems[0]?.hint).toBe('Did you mean "AzureWebJobsStorage__blobServiceUri"?');
  });
});
