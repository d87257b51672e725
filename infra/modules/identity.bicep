metadata description = 'The identity that the function app uses for everything: storage, Language, telemetry, Durable.'

@description('Name of the user-assigned identity.')
@minLength(3)
@maxLength(128)
param name string

@description('Region of the identity.')
param location string

@description('Tags of the identity.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Object id of the identity, to assign roles to.')
output principalId string = identity.properties.principalId

@description('Client id of the identity, for the credential that picks it at run time.')
output clientId string = identity.properties.clientId
