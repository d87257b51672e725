import { describe, expect, it } from "vitest";
import { readBicep } from "./bicep-file.ts";

const account = readBicep("infra/modules/storage-account.bicep");
const resources = readBicep("infra/resources.bicep");

/** Prefixes of the life-cycle rules, with the containers' default names put in. */
function lifecyclePrefixes(): string[] {
  const rules = `${account.variables.get("coolRule")?.text}\n${account.variables.get("deletions")?.text}`;
  const prefixes = [...rules.matchAll(/'(\$\{(\w+)\}[^']*)'/g)];
  return prefixes.map(([, prefix = "", name = ""]) => {
    const fallback = resources.params.get(name)?.value?.replaceAll("'", "") ?? "";
    expect(fallback, name).not.toBe("");
    return prefix.replace(`\${${name}}`, fallback);
  });
}

describe("life-cycle rules", () => {
  const prefixes = lifecyclePrefixes();

  it("are for results, the leavings of batches and dead letters", () => {
    expect(prefixes).toEqual(["results/", "results/", "language-batch-work/batches/", "deadletter/"]);
  });

  it.each([
    "documents/tickets/a.txt",
    "failed/tickets/tickets/a.txt.json",
    "results-old/a.json",
    "language-batch-work/lanes/tickets/0.json",
    "language-batch-work/ledgers/tickets.json",
    "language-batch-work/sweep.json",
    "projects/tickets/project.json",
    "azure-webjobs-hosts/locks/app/host",
    "azure-webjobs-secrets/app/host.json",
    "app-package-0123456789abc/released-package.zip",
    "languagebatch-leases/taskhub.json",
    "languagebatch-largemessages/a/b.json.gz",
  ])("never touch %s", (blob) => {
    expect(prefixes.filter((prefix) => blob.startsWith(prefix))).toEqual([]);
  });

  it("are off, each, at 0 days, and the policy with them when none is left", () => {
    expect(account.source).toContain("deletion => deletion.days > 0");
    expect(account.source).toContain("resultsCoolAfterDays > 0 ? [coolRule] : []");
    expect(account.source).toContain("if (!empty(lifecycleRules))");
  });

  it("are not written into an account that somebody else owns", () => {
    expect(resources.source).toContain(
      "module storageAccount 'modules/storage-account.bicep' = if (empty(existingStorageAccountId))",
    );
  });
});

describe("the new storage account", () => {
  it.each([
    "minimumTlsVersion: 'TLS1_2'",
    "supportsHttpsTrafficOnly: true",
    "allowBlobPublicAccess: false",
    "allowSharedKeyAccess: false",
    "defaultToOAuthAuthentication: true",
    "allowCrossTenantReplication: false",
    "isLocalUserEnabled: false",
    "bypass: 'AzureServices'",
    "requireInfrastructureEncryption: true",
    "deleteRetentionPolicy: { enabled: true, days: softDeleteDays }",
    "containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }",
  ])("has %s", (words) => {
    expect(account.source).toContain(words);
  });
});

it("the container of the package has a name that is valid, whatever the app is called", () => {
  // A cut name may end in a hyphen, and two in a row make no container; uniqueString gives 13 letters and digits.
  const name = resources.variables.get("packageContainerName")?.text ?? "";
  expect(name.replace(/\$\{uniqueString\([^)]*\)\}/g, "0123456789abc")).toMatch(
    /^'(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]'$/,
  );
});
