metadata description = 'A virtual network for the app and its private endpoints, without rules that could part them.'

@description('Name of the virtual network.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the network.')
param location string

@description('Tags of everything here.')
param tags object

@description('Address space of the network (CIDR).')
param addressPrefix string

@description('Subnet that the app sends from (CIDR), /27 or larger.')
param appSubnetPrefix string

@description('Subnet of the private endpoints (CIDR).')
param endpointSubnetPrefix string

@description('Prefix of the names of network security groups.')
param securityGroupPrefix string

// Groups to add rules of your own to. They have none: what is always there lets the network talk with itself, the app
// reach its services and the platform, and nobody in from outside. A rule that denies the rest once kept apps from
// starting (https://github.com/Azure/azure-functions-host/issues/10620).
resource securityGroups 'Microsoft.Network/networkSecurityGroups@2024-05-01' = [
  for part in ['app', 'endpoints']: {
    name: '${securityGroupPrefix}${part}'
    location: location
    tags: tags
    properties: { securityRules: [] }
  }
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appSubnetPrefix
          networkSecurityGroup: { id: securityGroups[0].id }
          // Flex Consumption wants this delegation, not that of the older plans (Microsoft.Web/serverFarms).
          delegations: [
            { name: 'flex-consumption', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'private-endpoints'
        properties: {
          addressPrefix: endpointSubnetPrefix
          networkSecurityGroup: { id: securityGroups[1].id }
          privateEndpointNetworkPolicies: 'Disabled'
          defaultOutboundAccess: false
        }
      }
    ]
  }
}
