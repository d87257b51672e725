metadata description = 'Who may use a Language account, new or existing, and where it is reached.'

@description('Name of the Language account.')
@minLength(2)
@maxLength(64)
param accountName string

@description('Object id of the identity of the function app.')
param appPrincipalId string

@description('Object id of a person or pipeline that also calls the account, for local development; empty: nobody.')
param developerPrincipalId string = ''

@description('Kind of the developer principal; empty: Azure looks it up.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param developerPrincipalType string = ''

@description('True: the app may also create, train, deploy and delete projects.')
param authoring bool

@description('True: the account reads storage by its own identity, so that it has to have one.')
param readsStorage bool

var roles = loadJsonContent('../roles.json')
var developerKind = empty(developerPrincipalType) ? {} : { principalType: developerPrincipalType }
var appRoles = concat([roles.cognitiveServicesLanguageReader], authoring ? [roles.cognitiveServicesLanguageOwner] : [])

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: accountName
}

resource appAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in appRoles: {
    scope: account
    name: guid(account.id, appPrincipalId, role)
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource developerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(developerPrincipalId)) {
  scope: account
  name: guid(account.id, developerPrincipalId, roles.cognitiveServicesLanguageReader)
  properties: union(developerKind, {
    principalId: developerPrincipalId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.cognitiveServicesLanguageReader
    )
  })
}

@description('Endpoint of the account, as the app setting LANGUAGE_ENDPOINT takes it.')
output endpoint string = account.properties.endpoint

@description('Object id of the identity of the account itself, which reads documents; empty where it need not. An account without one fails here.')
output principalId string = readsStorage ? account.identity!.principalId : ''
