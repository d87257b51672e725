import { beforeEach, describe, expect, it, vi } from "vitest";
import { readStorageSettings } from "../../../src/lib/settings/storage-settings.ts";
import { blobServiceAt, createStorageClients } from "../../../src/lib/storage/storage-clients.ts";

const { made } = vi.hoisted(() => ({ made: [] as [credential: string, options: unknown][] }));

vi.mock("@azure/identity", () => {
  const recording = (name: string) =>
    class {
      readonly madeAs = name;
      constructor(options?: unknown) {
        made.push([name, options]);
      }
      getToken(): never {
        throw new Error("No request is sent in this test");
      }
    };
  return {
    DefaultAzureCredential: recording("DefaultAzureCredential"),
    ManagedIdentityCredential: recording("ManagedIdentityCredential"),
  };
});

const CLIENT = "0f3d1c1e-6f0a-4c55-9a53-0d5a0c1f8b11";
const BY_NAME = {
  blobs: "https://documents1.blob.core.windows.net/",
  queues: "https://documents1.queue.core.windows.net/",
};
const BY_ADDRESS = {
  blobs: "https://a.blob.core.usgovcloudapi.net/",
  queues: "https://a.queue.core.usgovcloudapi.net/",
};
const ADDRESSES = {
  AzureWebJobsStorage__blobServiceUri: "https://a.blob.core.usgovcloudapi.net",
  AzureWebJobsStorage__queueServiceUri: "https://a.queue.core.usgovcloudapi.net/",
};
const NAME = { AzureWebJobsStorage__accountName: "documents1" };
const MANAGED = { AzureWebJobsStorage__credential: "managedidentity" };
const WITH_ID = { AzureWebJobsStorage__clientId: CLIENT };

function read(env: Record<string, string>) {
  const settings = readStorageSettings(env, []);
  if (settings === undefined) throw new Error("These settings were refused");
  return settings;
}

/** The addresses without the trailing slash that one client adds and the other does not. */
function addresses({ blobs, queues }: ReturnType<typeof createStorageClients>) {
  const withSlash = (url: string) => `${url.replace(/\/$/, "")}/`;
  return { blobs: withSlash(blobs.url), queues: withSlash(queues.url) };
}

beforeEach(() => {
  made.length = 0;
});

describe("createStorageClients", () => {
  it.each<[string, Record<string, string>, { blobs: string; queues: string }]>([
    ["an account and its key", { AzureWebJobsStorage: "AccountName=documents1;AccountKey=azE=" }, BY_NAME],
    [
      "names in another case, another cloud",
      { AzureWebJobsStorage: "accountname=a;accountkey=azE=;endpointsuffix=core.usgovcloudapi.net;" },
      BY_ADDRESS,
    ],
    [
      "the addresses of the services and a key",
      {
        AzureWebJobsStorage:
          "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:2/devstoreaccount1;AccountName=devstoreaccount1;AccountKey=azE=",
      },
      { blobs: "http://127.0.0.1:1/devstoreaccount1/", queues: "http://127.0.0.1:2/devstoreaccount1/" },
    ],
    [
      "the storage emulator of this machine",
      { AzureWebJobsStorage: "UseDevelopmentStorage=true" },
      { blobs: "http://127.0.0.1:10000/devstoreaccount1/", queues: "http://127.0.0.1:10001/devstoreaccount1/" },
    ],
    [
      "a key beside the identity forms",
      { AzureWebJobsStorage: "UseDevelopmentStorage=true", ...NAME, ...MANAGED, ...WITH_ID },
      { blobs: "http://127.0.0.1:10000/devstoreaccount1/", queues: "http://127.0.0.1:10001/devstoreaccount1/" },
    ],
  ])("signs with the key of a connection string: %s", (_, env, expected) => {
    const clients = createStorageClients(read(env));
    expect(addresses(clients)).toEqual(expected);
    expect(clients.blobs.credential.constructor.name).toBe("StorageSharedKeyCredential");
    expect(made).toEqual([]);
  });

  it("sends the shared access signature of a connection string along", () => {
    const { blobs, queues } = createStorageClients(
      read({
        AzureWebJobsStorage:
          "BlobEndpoint=https://documents1.blob.core.windows.net/;QueueEndpoint=https://documents1.queue.core.windows.net/;SharedAccessSignature=?sv=2024-11-04&sig=azE%3D",
      }),
    );
    const signature = "?sv=2024-11-04&sig=azE%3D";
    expect(new URL(blobs.url).href).toBe(`${BY_NAME.blobs}${signature}`);
    expect(new URL(queues.url).href).toBe(`${BY_NAME.queues}${signature}`);
    expect(made).toEqual([]);
  });

  it.each<[string, Record<string, string>, { blobs: string; queues: string }, string, unknown]>([
    ["an account name", NAME, BY_NAME, "DefaultAzureCredential", {}],
    ["the addresses of the services", ADDRESSES, BY_ADDRESS, "DefaultAzureCredential", {}],
    [
      "a client id without a kind of credential",
      { ...NAME, ...WITH_ID },
      BY_NAME,
      "DefaultAzureCredential",
      { managedIdentityClientId: CLIENT },
    ],
    ["the system-assigned identity", { ...NAME, ...MANAGED }, BY_NAME, "ManagedIdentityCredential", undefined],
    [
      "a user-assigned identity",
      { ...NAME, ...MANAGED, ...WITH_ID },
      BY_NAME,
      "ManagedIdentityCredential",
      { clientId: CLIENT },
    ],
    [
      "what the templates set: addresses and a user-assigned identity",
      {
        ...ADDRESSES,
        AzureWebJobsStorage__tableServiceUri: "https://a.table.core.usgovcloudapi.net/",
        ...MANAGED,
        ...WITH_ID,
      },
      BY_ADDRESS,
      "ManagedIdentityCredential",
      { clientId: CLIENT },
    ],
    [
      "addresses that win over an account name",
      { ...NAME, ...ADDRESSES, ...MANAGED },
      BY_ADDRESS,
      "ManagedIdentityCredential",
      undefined,
    ],
  ])("signs in with Microsoft Entra ID, with one credential for both services: %s", (_, env, expected, ...identity) => {
    const clients = createStorageClients(read(env));
    expect(addresses(clients)).toEqual(expected);
    expect(clients.blobs.credential).toHaveProperty("madeAs", identity[0]);
    expect(made).toEqual([identity]);
  });
});

describe("blobServiceAt", () => {
  it("reaches another account with the identity of the host connection", () => {
    const blobs = blobServiceAt("https://other.blob.core.windows.net", read({ ...NAME, ...MANAGED, ...WITH_ID }));
    expect(blobs.url).toBe("https://other.blob.core.windows.net/");
    expect(made).toEqual([["ManagedIdentityCredential", { clientId: CLIENT }]]);
  });

  it("does not carry the key of a connection string to another account", () => {
    blobServiceAt("https://other.blob.core.windows.net", read({ AzureWebJobsStorage: "UseDevelopmentStorage=true" }));
    expect(made).toEqual([["DefaultAzureCredential", undefined]]);
  });
});
