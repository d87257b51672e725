metadata description = 'A Durable Task Scheduler with one task hub, in place of the storage account as Durable backend.'

@description('Name of the scheduler.')
@minLength(3)
@maxLength(64)
param name string

@description('Region of the scheduler; not every region has it.')
param location string

@description('Tags of the scheduler.')
param tags object

@description('Name of the task hub.')
@minLength(3)
@maxLength(64)
param taskHubName string

@description('Billing: by action (Consumption) or by capacity unit (Dedicated).')
@allowed(['Consumption', 'Dedicated'])
param sku string

@description('Capacity units of the Dedicated sku.')
@minValue(1)
@maxValue(3)
param capacity int

@description('Addresses (CIDR) that may reach the scheduler; it also asks for the role. Empty: nobody.')
param ipAllowlist string[]

@description('Object id of the identity of the function app.')
param appPrincipalId string

@description('Object id of a person who uses the dashboard; empty: nobody.')
param developerPrincipalId string = ''

@description('Kind of the developer principal; empty: Azure looks it up.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param developerPrincipalType string = ''

@description('Days for which finished orchestrations are kept.')
@minValue(1)
@maxValue(90)
param retentionDays int = 7

var roles = loadJsonContent('../roles.json')
var developerKind = empty(developerPrincipalType) ? {} : { principalType: developerPrincipalType }
var roleDefinitionId = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  roles.durableTaskDataContributor
)

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: ipAllowlist
    sku: sku == 'Dedicated' ? { name: 'Dedicated', capacity: capacity } : { name: 'Consumption' }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: taskHubName
  properties: {}
}

resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: { retentionPolicies: [{ retentionPeriodInDays: retentionDays }] }
}

resource appAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: taskHub
  name: guid(taskHub.id, appPrincipalId, roles.durableTaskDataContributor)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleDefinitionId
  }
}

resource developerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(developerPrincipalId)) {
  scope: taskHub
  name: guid(taskHub.id, developerPrincipalId, roles.durableTaskDataContributor)
  properties: union(developerKind, {
    principalId: developerPrincipalId
    roleDefinitionId: roleDefinitionId
  })
}

@description('Endpoint of the scheduler.')
output endpoint string = scheduler.properties.endpoint
