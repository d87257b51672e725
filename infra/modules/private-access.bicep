metadata description = 'The private way to storage and Language: a network, an endpoint in it for each service, and the DNS zones that lead there. Network and zones may exist already.'

@description('Region of everything here.')
param location string

@description('Tags of everything here.')
param tags object

@description('Name of a new network, and of its links to new zones.')
@minLength(2)
@maxLength(64)
param networkName string

@description('Address space of a new network (CIDR).')
param addressPrefix string

@description('Subnet of a new network that the app sends from (CIDR), /27 or larger.')
param appSubnetPrefix string

@description('Subnet of a new network for the private endpoints (CIDR).')
param endpointSubnetPrefix string

@description('Prefix of the names of network security groups.')
param securityGroupPrefix string

@description('Prefix of the names of the private endpoints.')
param endpointPrefix string

@description('Resource id of a subnet that the app sends from; empty, both: a network is made.')
param existingAppSubnetId string

@description('Resource id of a subnet for the private endpoints, in the same network.')
param existingEndpointSubnetId string

@description('Resource id of the resource group of existing zones; empty: zones are made and linked.')
param existingDnsZoneGroupId string

@description('Resource id of the storage account.')
param storageId string

@description('Resource ids of the Language accounts.')
@minLength(1)
param languageIds string[]

var storageServices = map(['blob', 'queue', 'table'], part => {
  name: part
  id: storageId
  part: part
  zone: 'privatelink.${part}.${environment().suffixes.storage}'
})
var languageZone = 'privatelink.cognitiveservices.azure.com'
var languageServices = [
  for (id, index) in languageIds: {
    name: index == 0 ? 'language' : 'language-${index + 1}'
    id: id
    part: 'account'
    zone: languageZone
  }
]
var services = concat(storageServices, languageServices)
var newNetwork = empty(existingAppSubnetId)
// A subnet's id begins with that of its network, which has nine parts.
var networkId = newNetwork
  ? resourceId('Microsoft.Network/virtualNetworks', networkName)
  : join(take(split(existingAppSubnetId, '/'), 9), '/')

module network 'network.bicep' = if (newNetwork) {
  params: {
    name: networkName
    location: location
    tags: tags
    addressPrefix: addressPrefix
    appSubnetPrefix: appSubnetPrefix
    endpointSubnetPrefix: endpointSubnetPrefix
    securityGroupPrefix: securityGroupPrefix
  }
}

module zones 'private-dns.bicep' = if (empty(existingDnsZoneGroupId)) {
  params: {
    zoneNames: concat(map(storageServices, service => service.zone), [languageZone])
    tags: tags
    networkId: networkId
    linkName: networkName
  }
  dependsOn: [network]
}

module endpoints 'private-endpoint.bicep' = [
  for service in services: {
    params: {
      name: '${endpointPrefix}${service.name}'
      location: location
      tags: tags
      subnetId: newNetwork ? '${networkId}/subnets/private-endpoints' : existingEndpointSubnetId
      serviceId: service.id
      groupId: service.part
      zoneName: service.zone
      zoneGroupId: empty(existingDnsZoneGroupId) ? resourceGroup().id : existingDnsZoneGroupId
    }
    dependsOn: [network, zones]
  }
]

@description('Resource id of the subnet that the app sends from.')
output appSubnetId string = newNetwork ? '${networkId}/subnets/app' : existingAppSubnetId
