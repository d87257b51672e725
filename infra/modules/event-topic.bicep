metadata description = 'The Event Grid system topic of a storage account. An account can have one only.'

@description('Name of the topic.')
@minLength(3)
@maxLength(128)
param name string

@description('Region of the topic: that of the storage account.')
param location string

@description('Tags of the topic.')
param tags object

@description('Resource id of the storage account whose events it carries.')
param storageAccountId string

@description('Resource id of the Log Analytics workspace that delivery failures are logged to.')
param workspaceId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { source: storageAccountId, topicType: 'Microsoft.Storage.StorageAccounts' }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'to-log-analytics'
  properties: { workspaceId: workspaceId, logs: [{ category: 'DeliveryFailures', enabled: true }] }
}
