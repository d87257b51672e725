metadata description = 'An Azure AI Language account without keys.'

@description('Name of the account and its custom subdomain, unique in the world.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags object

@description('Pricing tier; F0 can exist once in a subscription.')
@allowed(['F0', 'S'])
param sku string

@description('False: reachable through a private endpoint only.')
param publicNetworkAccess bool

@description('Addresses (CIDR) that reach it from outside all the same.')
@maxLength(100)
param outsideCidrs string[]

@description('Resource id of the storage account that holds labelled documents; empty: none. It cannot be unlinked.')
param linkedStorageAccountId string

@description('Resource id of the Log Analytics workspace that its logs go to.')
param workspaceId string

// Without a link nothing is said of one: an empty list would ask to undo what cannot be undone.
var link = empty(linkedStorageAccountId) ? {} : { userOwnedStorage: [{ resourceId: linkedStorageAccountId }] }

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'TextAnalytics'
  sku: { name: sku }
  identity: { type: 'SystemAssigned' }
  properties: union(link, {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: publicNetworkAccess || !empty(outsideCidrs) ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
      ipRules: map(publicNetworkAccess ? [] : outsideCidrs, cidr => { value: cidr })
    }
    restrictOutboundNetworkAccess: false
    apiProperties: { statisticsEnabled: false }
  })
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-log-analytics'
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'audit', enabled: true }] }
}
