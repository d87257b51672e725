import { describe, expect, it } from "vitest";
import { readConnectionString } from "../../../src/lib/settings/storage-settings.ts";

describe("readConnectionString", () => {
  it.each([
    ["adds what the host assumes", "AccountName=a;AccountKey=azE=", "DefaultEndpointsProtocol=https"],
    ["adds the suffix of the public cloud", "AccountName=a;AccountKey=azE=", "EndpointSuffix=core.windows.net"],
    ["keeps the suffix that is given", "AccountName=a;AccountKey=azE=;EndpointSuffix=x.y", "EndpointSuffix=x.y"],
    ["spells names as documented", "accountname=a;ACCOUNTKEY=azE=", "AccountName=a;AccountKey=azE="],
    ["takes spaces and empty parts", " AccountName=a ;; AccountKey=azE= ;", "AccountName=a;AccountKey=azE="],
  ])("%s", (_, text, part) => {
    expect(readConnectionString(text)).toEqual({ connectionString: expect.stringContaining(part) });
  });

  it.each([
    ["usedevelopmentstorage=TRUE", "UseDevelopmentStorage=true"],
    [
      "DevelopmentStorageProxyUri=http://proxy;UseDevelopmentStorage=true",
      "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://proxy",
    ],
  ])("puts the storage emulator first: %s", (text, connectionString) => {
    expect(readConnectionString(text)).toEqual({ connectionString });
  });

  it.each([
    ["s3cret", "a text of 6 characters"],
    ["UseDevelopmentStorage=false", "without AccountKey and without SharedAccessSignature"],
    ["AccountName=a", "without AccountKey and without SharedAccessSignature"],
    ["AccountName=a;AccountKey=", "without AccountKey and without SharedAccessSignature"],
    ["AccountKey=s3cret", "without AccountName"],
    ["DefaultEndpointsProtocol=ftp;AccountName=a;AccountKey=s3cret", "neither https nor http"],
    ["AccountName=a;SharedAccessSignature=s3cret", "without BlobEndpoint and QueueEndpoint"],
    ["BlobEndpoint=https://a;SharedAccessSignature=s3cret", "without QueueEndpoint"],
  ])("refuses %s without showing it", (text, fault) => {
    const read = readConnectionString(text);
    expect(read).toEqual({ fault: expect.stringContaining(fault) });
    expect(JSON.stringify(read)).not.toContain("s3cret");
  });
});
