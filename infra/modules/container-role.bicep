metadata description = 'A role of one principal on one container.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Name of the container.')
@minLength(3)
@maxLength(63)
param containerName string

@description('Object id of the principal; empty: nothing is assigned.')
param principalId string

@description('Role, by its name in roles.json.')
param roleName string

var roles = loadJsonContent('../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = {
  parent: blobService
  name: containerName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(principalId)) {
  scope: container
  name: guid(container.id, principalId, roles[roleName])
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[roleName])
  }
}
