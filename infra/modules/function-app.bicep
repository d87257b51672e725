metadata description = 'The function app on its own Flex Consumption plan, and its settings.'

@description('Name of the plan.')
@minLength(1)
@maxLength(40)
param planName string

@description('Name of the function app, unique in the world.')
@minLength(2)
@maxLength(60)
param name string

@description('Region of plan and app.')
param location string

@description('Tags of plan and app.')
param tags object

@description('Name of the service in azure.yaml: azd deploys to the site whose tag has this value.')
param serviceName string

@description('Resource id of the identity of the app.')
param identityId string

@description('URL of the container that holds the deployment package.')
param packageContainerUrl string

@description('Major version of Node.js.')
@allowed(['22', '24'])
param nodeVersion string

@description('Memory of an instance in MB.')
@allowed([2048, 4096])
param instanceMemoryMB int

@description('Most instances that the app scales out to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances kept ready for orchestrations and activities; they are billed while idle.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int

@description('Spread the instances over availability zones. Keeps two of each scaling group ready, which are billed.')
param zoneRedundant bool

@description('Resource id of the delegated subnet for outbound traffic; empty: none.')
param subnetId string

@description('Addresses (CIDR) that may call the app, beside Event Grid; empty: everybody who has a key.')
@maxLength(100)
param inboundCidrs string[]

@description('Name of the Application Insights component, in the same resource group.')
param componentName string

@description('Settings of the app, without those of Application Insights.')
param settings object

@description('Client id of the identity of the app.')
param identityClientId string

// Priorities below 100 are left for rules that an operator adds by hand in an emergency.
var eventGridRule = {
  name: 'event-grid'
  description: 'Event Grid delivers blob events'
  action: 'Allow'
  tag: 'ServiceTag'
  ipAddress: 'AzureEventGrid'
  priority: 100
}
var inboundRules = [
  for (cidr, index) in inboundCidrs: {
    name: 'caller-${index}'
    action: 'Allow'
    ipAddress: cidr
    priority: 200 + index
  }
]

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      cors: { allowedOrigins: [] }
      ipSecurityRestrictions: empty(inboundCidrs) ? [] : concat([eventGridRule], inboundRules)
      ipSecurityRestrictionsDefaultAction: empty(inboundCidrs) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'durable', instanceCount: alwaysReadyInstances }]
      }
    }
  }
}

resource siteSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(settings, {
    APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  })
}

@description('Resource id of the app.')
output id string = site.id

@description('Host name of the app.')
output hostName string = site.properties.defaultHostName
