import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { classifyNetworkError, wasNeverSent } from "../../../../src/lib/language/errors/classify-network-error.ts";
import { languageError } from "../../../../src/lib/language/errors/code-rules.ts";

const URL_ASKED = "https://reader.cognitiveservices.azure.com/language/analyze-text/jobs?secret=1";

function classify(cause: unknown) {
  return classifyNetworkError(cause, URL_ASKED, 60);
}

describe("classifyNetworkError", () => {
  it.each(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"])(
    "%s blocks: the request has certainly not been sent",
    (code) => {
      const error = classify(new RestError("x", { code }));
      expect(error).toMatchObject({ class: "blocked", code: "EndpointUnreachable" });
      expect(error.message).toBe(`reader.cognitiveservices.azure.com cannot be reached (${code})`);
      expect(wasNeverSent(error)).toBe(true);
    },
  );

  it.each([
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "EPROTO",
  ])("%s blocks: the connection is not trusted", (code) => {
    expect(classify(new RestError("x", { code }))).toMatchObject({ class: "blocked", code: "CertificateRefused" });
  });

  it.each(["ECONNRESET", "EPIPE", "ETIMEDOUT", "REQUEST_SEND_ERROR", "PARSE_ERROR"])("%s passes", (code) => {
    const error = classify(new RestError("x", { code }));
    expect(error).toMatchObject({ class: "transient", code: "NetworkError" });
    expect(wasNeverSent(error)).toBe(false);
  });

  it.each(["TimeoutError", "AbortError"])("%s is a timeout", (name) => {
    const error = classify(new DOMException("x", name));
    expect(error).toMatchObject({ class: "transient", code: "Timeout" });
    expect(error.message).toContain("within 60 seconds");
  });

  it("passes on what is decided already", () => {
    const decided = languageError("CredentialUnavailable", "No token");
    expect(classify(decided)).toBe(decided);
  });

  it.each([undefined, null, "text", 7, new Error("the patient's secret"), { code: 7 }])("survives %s", (cause) => {
    const error = classify(cause);
    expect(error).toMatchObject({ class: "transient", code: "NetworkError" });
    expect(error.message).not.toContain("secret");
  });
});
