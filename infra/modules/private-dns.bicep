metadata description = 'Private DNS zones, and a network that asks them.'

@description('Names of the zones.')
@minLength(1)
@maxLength(10)
param zoneNames string[]

@description('Tags of the zones.')
param tags object

@description('Resource id of the network that asks them.')
param networkId string

@description('Name of the link to it.')
@minLength(1)
@maxLength(80)
param linkName string

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zoneNames: {
    name: zoneName
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, index) in zoneNames: {
    parent: zones[index]
    name: linkName
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]
