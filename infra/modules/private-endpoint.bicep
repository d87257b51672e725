metadata description = 'A private endpoint of one service, with its record in a private DNS zone.'

@description('Name of the endpoint.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the endpoint.')
param location string

@description('Tags of the endpoint.')
param tags object

@description('Resource id of the subnet.')
param subnetId string

@description('Resource id of the service.')
param serviceId string

@description('Part of the service that is reached: blob, queue, table or account.')
param groupId string

@description('Name of the private DNS zone that gets its record.')
param zoneName string

@description('Resource id of the resource group of that zone.')
param zoneGroupId string

var zonePath = split(zoneGroupId, '/')

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  scope: resourceGroup(zonePath[2], zonePath[4])
  name: zoneName
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: serviceId, groupIds: [groupId] } }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zone.id } }]
  }
}
