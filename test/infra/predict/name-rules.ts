/**
 * What the last part of a resource's name may be, by type:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, and for types that the page
 * does not have, their reference under https://learn.microsoft.com/azure/templates.
 */
export const NAME_RULES: Readonly<Record<string, RegExp>> = {
  "Microsoft.CognitiveServices/accounts": /^(?=.{2,64}$)[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  "Microsoft.DurableTask/schedulers": /^(?=.{3,64}$)[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  "Microsoft.DurableTask/schedulers/retentionPolicies": /^default$/,
  "Microsoft.DurableTask/schedulers/taskHubs": /^(?=.{3,64}$)[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  "Microsoft.EventGrid/systemTopics": /^[a-zA-Z0-9-]{3,128}$/,
  "Microsoft.EventGrid/systemTopics/eventSubscriptions": /^[a-zA-Z0-9-]{3,64}$/,
  "Microsoft.Insights/actionGroups": /^(?=.{1,260}$)[^:<>+/&%\\?|]*[^:<>+/&%\\?|. ]$/,
  "Microsoft.Insights/components": /^(?=.{1,260}$)[^%&\\?/]*[^%&\\?/. ]$/,
  "Microsoft.Insights/diagnosticSettings": /^[^*<>%:&?/\\+]{1,260}$/,
  "Microsoft.Insights/metricAlerts": /^(?=.{1,260}$)[^*#&+:<>?@%{}\\/]*[^*#&+:<>?@%{}\\/. ]$/,
  "Microsoft.Insights/scheduledQueryRules": /^(?=.{1,260}$)[^*<>%{}&:\\?/#]*[^*<>%{}&:\\?/#. ]$/,
  "Microsoft.Insights/workbooks": /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "Microsoft.ManagedIdentity/userAssignedIdentities": /^[a-zA-Z0-9][\w-]{2,127}$/,
  "Microsoft.Network/networkSecurityGroups": /^(?=.{1,80}$)[a-zA-Z0-9](?:[\w.-]*\w)?$/,
  "Microsoft.Network/privateDnsZones": /^privatelink(?:\.[a-z0-9-]{1,63}){2,33}$/,
  "Microsoft.Network/privateDnsZones/virtualNetworkLinks": /^(?=.{1,80}$)[a-zA-Z0-9](?:[\w.-]*\w)?$/,
  "Microsoft.Network/privateEndpoints": /^(?=.{2,64}$)[a-zA-Z0-9][\w.-]*\w$/,
  "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": /^default$/,
  "Microsoft.Network/virtualNetworks": /^(?=.{2,64}$)[a-zA-Z0-9][\w.-]*\w$/,
  "Microsoft.OperationalInsights/workspaces": /^(?=.{4,63}$)[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  "Microsoft.Resources/resourceGroups": /^(?=.{1,90}$)[\w.()-]*[\w()-]$/,
  "Microsoft.Security/defenderForStorageSettings": /^current$/,
  "Microsoft.Storage/storageAccounts": /^[a-z0-9]{3,24}$/,
  "Microsoft.Storage/storageAccounts/blobServices": /^default$/,
  "Microsoft.Storage/storageAccounts/blobServices/containers": /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  "Microsoft.Storage/storageAccounts/managementPolicies": /^default$/,
  "Microsoft.Web/serverfarms": /^[a-zA-Z0-9-]{1,40}$/,
  "Microsoft.Web/sites": /^(?=.{2,60}$)[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  "Microsoft.Web/sites/config": /^appsettings$/,
};

/** A name with what Azure puts into its expression in the public cloud: `privatelink.blob.core.windows.net/vnet-a`. */
export function inPublicCloud(name: string): string {
  return name
    .replace(
      /format\('privatelink\.\{0\}\.\{1\}', '(\w+)', environment\(\)\.suffixes\.storage\)/g,
      "'privatelink.$1.core.windows.net'",
    )
    .replace(/^\[format\('\{0\}\/\{1\}', '([^']+)', '([^']+)'\)\]$/, "$1/$2")
    .replace(/^\['([^']+)'\]$/, "$1");
}
