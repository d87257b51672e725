import { describe, expect, it } from "vitest";
import { endpointSchema, isLoopback, shownAddress } from "../../../src/lib/settings/endpoint.ts";

describe("endpointSchema", () => {
  it.each([
    ["https://reader.cognitiveservices.azure.com/", "https://reader.cognitiveservices.azure.com"],
    ["https://westeurope.api.cognitive.microsoft.com", "https://westeurope.api.cognitive.microsoft.com"],
    ["https://gateway.example.com/teams/language/", "https://gateway.example.com/teams/language"],
    ["http://localhost:5000", "http://localhost:5000"],
    ["http://127.0.0.1:5000/", "http://127.0.0.1:5000"],
    ["http://[::1]:5000", "http://[::1]:5000"],
    [" https://reader.cognitiveservices.azure.com ", "https://reader.cognitiveservices.azure.com"],
  ])("takes %s", (given, endpoint) => {
    expect(endpointSchema.parse(given)).toBe(endpoint);
  });

  it.each([
    "http://reader.cognitiveservices.azure.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "ftp://localhost",
    "reader.cognitiveservices.azure.com",
    "https://<name>.cognitiveservices.azure.com",
    "https://reader.cognitiveservices.azure.com/language",
    "https://reader.cognitiveservices.azure.com/language/analyze-text/jobs",
    "https://reader.cognitiveservices.azure.com/text/analytics/v3.1",
    "https://reader.cognitiveservices.azure.com?api-version=2023-04-01",
    "https://user:password@reader.cognitiveservices.azure.com",
    "",
  ])("refuses %j", (given) => {
    expect(endpointSchema.safeParse(given).success).toBe(false);
  });
});

describe("isLoopback", () => {
  it.each([
    ["http://localhost", true],
    ["http://127.0.0.53:80", true],
    ["https://[::1]", true],
    ["https://10.0.0.1", false],
    ["https://localhost.example.com", false],
  ])("%s: %s", (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe("shownAddress", () => {
  it.each([
    ["https://host/path", '"https://host/path"'],
    ["https://host/", '"https://host"'],
    ["https://user:secret@host/path?sig=secret#secret", '"https://(credentials)@host/path?(query)"'],
    ["user:secret@host", "something that is not an address"],
    ["AccountKey=secret", "something that is not an address"],
    ["reader.cognitiveservices.azure.com", '"reader.cognitiveservices.azure.com"'],
    [undefined, "nothing"],
    [7, "a number"],
  ])("shows %j without what may be secret", (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });
});
