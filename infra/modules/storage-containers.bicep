metadata description = 'The containers in the storage account, new or existing, its logs, and what others need to know of it.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Containers to create, all private; one that exists keeps its access level.')
@minLength(1)
@maxLength(20)
param containerNames string[]

@description('True: the account was made for us, and every container in it is made private, whoever changed it.')
param newAccount bool

@description('Resource id of the Log Analytics workspace that storage logs go to.')
param workspaceId string

@description('Which storage operations are logged: none, deletions of blobs (who removed a document?), or everything.')
@allowed(['none', 'deletes', 'all'])
param logs string

@description('Name of the diagnostic setting, unique among those of the account.')
param diagnosticSettingName string

var everything = [{ categoryGroup: 'allLogs', enabled: true }]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for containerName in containerNames: {
    parent: blobService
    name: containerName
    // Said of a container that somebody else owns, it would end the access of its readers.
    properties: newAccount ? { publicAccess: 'None' } : {}
  }
]

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs != 'none') {
  scope: blobService
  name: diagnosticSettingName
  properties: {
    workspaceId: workspaceId
    logs: logs == 'all' ? everything : [{ category: 'StorageDelete', enabled: true }]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs == 'all') {
  scope: queueService
  name: diagnosticSettingName
  properties: { workspaceId: workspaceId, logs: everything }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs == 'all') {
  scope: tableService
  name: diagnosticSettingName
  properties: { workspaceId: workspaceId, logs: everything }
}

@description('Region of the account: the Event Grid system topic must be in the same one.')
output location string = account.location

@description('Blob endpoint, ending in a slash.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Queue endpoint, ending in a slash.')
output queueEndpoint string = account.properties.primaryEndpoints.queue

@description('Table endpoint, ending in a slash.')
output tableEndpoint string = account.properties.primaryEndpoints.table
