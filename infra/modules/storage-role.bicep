metadata description = 'Roles of one principal on a whole storage account.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Object id of the principal; empty: nothing is assigned.')
param principalId string

@description('Kind of the principal; empty: Azure looks it up.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param principalType string = 'ServicePrincipal'

@description('Roles, by their names in roles.json.')
@minLength(1)
@maxLength(10)
param roleNames string[]

var roles = loadJsonContent('../roles.json')
var kind = empty(principalType) ? {} : { principalType: principalType }

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleName in roleNames: if (!empty(principalId)) {
    scope: account
    name: guid(account.id, principalId, roles[roleName])
    properties: union(kind, {
      principalId: principalId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[roleName])
    })
  }
]
