metadata description = 'A storage account without shared keys, with soft delete and life-cycle rules for our own containers only.'

@description('Name of the storage account, unique in the world.')
@minLength(3)
@maxLength(24)
param name string

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags object

@description('Redundancy of the account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param sku string

@description('False: reachable through private endpoints and by trusted Azure services only.')
param publicNetworkAccess bool

@description('Addresses (CIDR) that reach it from outside all the same.')
@maxLength(100)
param outsideCidrs string[]

@description('Days for which deleted blobs and containers can be restored.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Container of the results.')
param resultsContainerName string

@description('Container of batch manifests, prepared jobs and tickets.')
param workContainerName string

@description('Container of events that Event Grid could not deliver.')
param deadLetterContainerName string

@description('Days after which results move to the cool tier; 0: never.')
@minValue(0)
@maxValue(36500)
param resultsCoolAfterDays int

@description('Days after which results are deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param resultsDeleteAfterDays int

@description('Days after their last change after which blobs that a batch left behind are deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param workDeleteAfterDays int

@description('Days after which dead-lettered events are deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param deadLetterDeleteAfterDays int

// A prefix ends in a slash, so that `results/` cannot match a container `results-old`. Containers of the Functions host
// (azure-webjobs-*, app-package-*) and of Durable (*-leases, *-largemessages) match none of the prefixes. In the work
// container only what batches left behind may go, never the files that say what a lane has in hand.
var coolRule = {
  name: 'cool-results'
  enabled: true
  type: 'Lifecycle'
  definition: {
    filters: { blobTypes: ['blockBlob'], prefixMatch: ['${resultsContainerName}/'] }
    actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: resultsCoolAfterDays } } }
  }
}
var deletions = filter(
  [
    { name: 'delete-results', prefix: '${resultsContainerName}/', days: resultsDeleteAfterDays }
    { name: 'delete-work', prefix: '${workContainerName}/batches/', days: workDeleteAfterDays }
    { name: 'delete-dead-letters', prefix: '${deadLetterContainerName}/', days: deadLetterDeleteAfterDays }
  ],
  deletion => deletion.days > 0
)
var deleteRules = map(deletions, deletion => {
  name: deletion.name
  enabled: true
  type: 'Lifecycle'
  definition: {
    filters: { blobTypes: ['blockBlob'], prefixMatch: [deletion.prefix] }
    actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: deletion.days } } }
  }
})
var lifecycleRules = concat(resultsCoolAfterDays > 0 ? [coolRule] : [], deleteRules)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    isLocalUserEnabled: false
    publicNetworkAccess: publicNetworkAccess || !empty(outsideCidrs) ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      // Event Grid writes dead letters, and a linked Language account reads training data, as trusted services.
      bypass: 'AzureServices'
      // The firewall takes a single address only without its prefix length.
      ipRules: map(
        publicNetworkAccess ? [] : outsideCidrs,
        cidr => { value: replace(cidr, '/32', ''), action: 'Allow' }
      )
    }
    encryption: { keySource: 'Microsoft.Storage', requireInfrastructureEncryption: true }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    cors: { corsRules: [] }
  }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (!empty(lifecycleRules)) {
  parent: account
  name: 'default'
  properties: { policy: { rules: lifecycleRules } }
  dependsOn: [blobService]
}
