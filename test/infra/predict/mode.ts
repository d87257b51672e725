import type { ParameterSet } from "./parameter-sets.ts";

export type Mode = ReturnType<typeof modeOf>;

/** What a parameter set asks for, by the parameters that switch it on. */
export function modeOf({ parameters: given }: Pick<ParameterSet, "parameters">) {
  const listed = (value: unknown) => Array.isArray(value) && value.length > 0;
  return {
    newStorage: !given.existingStorageAccountId,
    newLanguage: !given.existingLanguageAccountId,
    newTopic: !given.existingSystemTopicId,
    privateNetwork: given.privateNetwork === true,
    newNetwork: given.privateNetwork === true && !given.existingAppSubnetId,
    newZones: given.privateNetwork === true && !given.existingDnsZoneGroupId,
    outside: listed(given.outsideCidrs),
    /** Language accounts that are made beside the first. */
    moreLanguages: Array.isArray(given.moreLanguageLocations) ? given.moreLanguageLocations.length : 0,
    scheduler: given.durableBackend === "DurableTaskScheduler",
    email: Boolean(given.alertEmail),
    alerts: Boolean(given.alertEmail) || listed(given.alertActionGroupIds),
    defender: given.storageDefender === true && !given.existingStorageAccountId,
    authoring: given.authoring === true,
    native: given.nativeDocuments === true,
    linked: given.authoring === true || given.languageStorageLink === true,
    localDevelopment: given.localDevelopment === true,
    nobody: given.principalId === "",
  };
}

/** Every role that a deployment gives: `role to whom on type`. */
export function expectedRoles(mode: Mode): string[] {
  const [account, language] = ["Microsoft.Storage/storageAccounts", "Microsoft.CognitiveServices/accounts"];
  const host = ["storageBlobDataOwner", "storageQueueDataContributor", "storageTableDataContributor"];
  const developer = [
    ...(mode.localDevelopment ? host : ["storageBlobDataContributor"]).map(
      (role) => `${role} to deployer on ${account}`,
    ),
    `cognitiveServicesLanguageReader to deployer on ${language}`,
    ...(mode.scheduler ? ["durableTaskDataContributor to deployer on Microsoft.DurableTask/schedulers/taskHubs"] : []),
  ];
  return [
    "monitoringMetricsPublisher to app on Microsoft.Insights/components",
    ...host.map((role) => `${role} to app on ${account}`),
    `cognitiveServicesLanguageReader to app on ${language}`,
    `storageBlobDataContributor to topic on ${account}/blobServices/containers`,
    ...(mode.authoring
      ? [`cognitiveServicesLanguageOwner to app on ${language}`, `storageBlobDataContributor to language on ${account}`]
      : []),
    ...(mode.native
      ? [
          `storageBlobDataReader to language on ${account}/blobServices/containers`,
          `storageBlobDataContributor to language on ${account}/blobServices/containers`,
        ]
      : []),
    ...(mode.scheduler ? ["durableTaskDataContributor to app on Microsoft.DurableTask/schedulers/taskHubs"] : []),
    ...(mode.nobody ? [] : developer),
  ];
}

/** Whose identity a principal is. */
export function holder(principal: string): string {
  if (principal.includes("/userAssignedIdentities/")) return "app";
  if (principal.includes("/systemTopics/")) return "topic";
  if (principal.includes("Microsoft.CognitiveServices/accounts/")) return "language";
  return /^\[deployer\(\)\.objectId\]$|^3{8}-/.test(principal) ? "deployer" : principal;
}

/** Type of the resource of that id. */
export function typeOf(id: string): string {
  const [namespace = "", ...parts] = (id.split("/providers/").at(-1) ?? "").split("/");
  const types = parts.filter((_, index) => index % 2 === 0);
  return [namespace, ...types].join("/");
}
