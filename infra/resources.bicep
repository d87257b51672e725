metadata name = 'language-batch, in a resource group'
metadata description = 'Everything that language-batch runs on. main.bicep creates the resource group and calls this.'

import { tunables } from 'tunables.bicep'

@description('Name of the environment, part of tags and generated names.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything; see `az functionapp list-flexconsumption-locations`.')
@minLength(3)
param location string = resourceGroup().location

@description('Part of the generated names that makes them unique in the world.')
@minLength(3)
@maxLength(13)
param resourceToken string = toLower(uniqueString(resourceGroup().id, environmentName, location))

@description('Tags of every resource, beside azd-env-name.')
param tags object = {}

@description('Object id of the person or pipeline that may drop documents and read results: whoever deploys. Empty: nobody but the app.')
@maxLength(36)
param principalId string = deployer().objectId

@description('Kind of that principal; empty: Azure looks it up.')
@allowed(['', 'User', 'Group', 'ServicePrincipal'])
param principalType string = ''

@description('True: that principal may also run the app on its own machine against the storage account, with its queues and tables.')
param localDevelopment bool = false

@description('Major version of Node.js that the app runs on.')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('Memory of an instance in MB. The app was seen to take 497 MB, so that the smallest size that the plan has, 512, is not offered.')
@allowed([2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances that the app scales out to. Lanes, not instances, limit the work: 40 is plenty.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances kept ready for orchestrations: 1 or more makes lanes start at once; they are billed while idle.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Spread the app over availability zones; the region must have them. Keeps ten instances ready, and bills them: docs/operations.md.')
param zoneRedundant bool = false

@description('Numbers that tune the app; the README has a table of them.')
param tuning tunables = {}

@description('More app settings, or other values for those the template sets. Settings made by hand are lost at the next deployment.')
param appSettings object = {}

@description('Addresses (CIDR) that may call the HTTP functions, beside Event Grid; empty: everybody who has a key.')
@maxLength(100)
param inboundCidrs string[] = []

@description('Container that documents are dropped into.')
@minLength(3)
@maxLength(63)
param inputContainerName string = 'documents'

@description('Container of the results.')
@minLength(3)
@maxLength(63)
param resultsContainerName string = 'results'

@description('Container of the failure records.')
@minLength(3)
@maxLength(63)
param failedContainerName string = 'failed'

@description('Container of the redacted copies of native documents.')
@minLength(3)
@maxLength(63)
param redactedContainerName string = 'redacted'

@description('Container of batch manifests, prepared jobs and tickets.')
@minLength(3)
@maxLength(63)
param workContainerName string = 'language-batch-work'

@description('Container of project files for authoring.')
@minLength(3)
@maxLength(63)
param projectsContainerName string = 'projects'

@description('Container of events that Event Grid could not deliver.')
@minLength(3)
@maxLength(63)
param deadLetterContainerName string = 'deadletter'

@description('File of the deployment package that defines the pipelines.')
@minLength(1)
@maxLength(256)
param pipelinesFile string = 'pipelines.json'

@description('Resource id of a storage account to use in place of a new one; its life-cycle rules, firewall, Defender and the access level of its containers stay as they are.')
param existingStorageAccountId string = ''

@description('Redundancy of the new storage account. Regions without availability zones take Standard_LRS or Standard_GRS.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_ZRS'

@description('Days for which deleted blobs and containers can be restored.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 14

@description('Days after which results move to the cool tier; 0: never.')
@minValue(0)
@maxValue(36500)
param resultsCoolAfterDays int = 30

@description('Days after which results are deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param resultsDeleteAfterDays int = 0

@description('Days after their last change after which blobs that a batch left behind are deleted; 0: never. Longer than any lane may stay blocked: it needs its own.')
@minValue(0)
@maxValue(36500)
param workDeleteAfterDays int = 90

@description('Days after which dead-lettered events are deleted; 0: never.')
@minValue(0)
@maxValue(36500)
param deadLetterDeleteAfterDays int = 90

@description('Which storage operations are logged: none, deletions of blobs (who removed a document?), or everything (costly).')
@allowed(['none', 'deletes', 'all'])
param storageLogs string = 'deletes'

@description('Switch on Microsoft Defender for Storage with malware scanning of uploads (billed per account and per GB). Where it is on for the whole subscription already, it may have made the one system topic of the account: existingSystemTopicId.')
param storageDefender bool = false

@description('Gigabytes a month that malware scanning may read.')
@minValue(10)
@maxValue(1000000)
param storageDefenderCapGbPerMonth int = 100

@description('Resource id of a Language account to use in place of a new one.')
param existingLanguageAccountId string = ''

@description('Resource ids of more Language accounts that pipelines name as their endpoint; the app gets the same roles there.')
@maxLength(20)
param moreLanguageAccountIds string[] = []

@description('Regions of more Language accounts to make, one for each entry; a region may stand there again. Pipelines name them among their endpoints, and the app gets the same roles there.')
@maxLength(20)
param moreLanguageLocations string[] = []

@description('Pricing tier of the new Language account; F0 can exist once in a subscription.')
@allowed(['F0', 'S'])
param languageSku string = 'S'

@description('True: the app may create, train, deploy and delete projects, and the new Language account reads labelled documents from the storage account. Its region must be one of infra/regions.json.')
param authoring bool = false

@description('True: the Language accounts read documents and write redacted copies themselves, for pipelines whose apiVersion begins with analyze-documents/.')
param nativeDocuments bool = false

@description('True: the new Language account stays linked to the storage account where authoring is switched off again. The link cannot be undone, and Azure may refuse it to an account that was made without.')
param languageStorageLink bool = false

@description('Resource id of the system topic of an existing storage account that has one already; empty: one is created.')
param existingSystemTopicId string = ''

@description('Where Durable Functions keeps its state. A change loses what is under way there; lanes resume from their manifests.')
@allowed(['AzureStorage', 'DurableTaskScheduler'])
param durableBackend string = 'AzureStorage'

@description('Region of the Durable Task Scheduler, which most have: `az provider show --namespace Microsoft.DurableTask`. Empty: that of everything else.')
@maxLength(40)
param schedulerLocation string = ''

@description('Billing of the Durable Task Scheduler: by action (Consumption) or by capacity unit (Dedicated).')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('Capacity units of the Dedicated scheduler.')
@minValue(1)
@maxValue(3)
param schedulerCapacity int = 1

@description('Addresses (CIDR) that may reach the scheduler; it also asks for the role.')
@minLength(1)
@maxLength(100)
param schedulerIpAllowlist string[] = ['0.0.0.0/0']

@description('Name of the task hub in the scheduler.')
@minLength(3)
@maxLength(64)
param taskHubName string = 'language-batch'

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Gigabytes of logs a day after which ingestion stops until the next day; 0: no cap.')
@minValue(0)
@maxValue(4000)
param logDailyCapGb int = 5

@description('Address that gets an e-mail for each alert. Without it and without action groups there are no alerts.')
@maxLength(254)
param alertEmail string = ''

@description('Resource ids of action groups that are told of each alert.')
@maxLength(5)
param alertActionGroupIds string[] = []

@description('Percentage of failed documents of a pipeline that raises an alert.')
@minValue(1)
@maxValue(100)
param alertFailedDocumentsPercent int = 10

@description('Failed documents of a pipeline in half an hour below which their percentage does not count.')
@minValue(1)
@maxValue(100000)
param alertFailedDocumentsMinimum int = 5

@description('Minutes that documents may wait while no lane of their pipeline runs.')
@minValue(5)
@maxValue(1440)
param alertQueueStalledMinutes int = 30

@description('Percentage of throttled attempts to submit a job that raises an alert.')
@minValue(1)
@maxValue(100)
param alertThrottledPercent int = 20

@description('Billed text records a day above which an alert is raised; 0: no such alert.')
@minValue(0)
@maxValue(2000000000)
param alertTextRecordsPerDay int = 0

@description('True: storage and Language are reached through private endpoints only, and the app sends through a virtual network. Needs the provider Microsoft.App.')
param privateNetwork bool = false

@description('Addresses (IPv4, or CIDR of /30 and larger) that reach storage and Language in a private network too, to try it from your own machine.')
@maxLength(100)
param outsideCidrs string[] = []

@description('Resource id of a subnet of your own that the app sends from, /27 or larger and delegated to Microsoft.App/environments; empty: a network is made. With privateNetwork only.')
param existingAppSubnetId string = ''

@description('Resource id of a subnet of your own for the private endpoints, in the network of existingAppSubnetId, and given with it.')
param existingEndpointSubnetId string = ''

@description('Resource id of the resource group of your own private DNS zones, which the network asks already; empty: zones are made and linked. With privateNetwork only.')
param existingDnsZoneGroupId string = ''

@description('Address space of the virtual network (CIDR).')
@minLength(9)
@maxLength(18)
param networkAddressPrefix string = '10.0.0.0/16'

@description('Subnet that the app sends from (CIDR), /27 or larger.')
@minLength(9)
@maxLength(18)
param networkAppSubnetPrefix string = '10.0.2.0/24'

@description('Subnet of the private endpoints (CIDR).')
@minLength(9)
@maxLength(18)
param networkEndpointSubnetPrefix string = '10.0.1.0/24'

@description('Name of the identity; empty: generated.')
@maxLength(128)
param identityName string = ''

@description('Name of the new storage account; empty: generated.')
@maxLength(24)
param storageAccountName string = ''

@description('Name of the plan; empty: generated.')
@maxLength(40)
param planName string = ''

@description('Name of the function app; empty: generated.')
@maxLength(60)
param functionAppName string = ''

@description('Name of the new Language account and its subdomain; empty: generated.')
@maxLength(64)
param languageAccountName string = ''

@description('Name of the Log Analytics workspace; empty: generated.')
@maxLength(63)
param logAnalyticsName string = ''

@description('Name of the Application Insights component; empty: generated.')
@maxLength(255)
param applicationInsightsName string = ''

@description('Name of the new Event Grid system topic; empty: generated.')
@maxLength(128)
param systemTopicName string = ''

@description('Name of the Durable Task Scheduler; empty: generated.')
@maxLength(64)
param schedulerName string = ''

@description('Name of the virtual network; empty: generated.')
@maxLength(64)
param virtualNetworkName string = ''

@description('Name of the action group of the e-mail address; empty: generated.')
@maxLength(260)
param actionGroupName string = ''

var abbreviations = loadJsonContent('abbreviations.json')
var authoringRegions = loadJsonContent('regions.json').authoring.names
var allTags = union(tags, { 'azd-env-name': environmentName })
var serviceName = 'processor'

var names = {
  identity: empty(identityName)
    ? '${abbreviations.managedIdentityUserAssignedIdentities}${resourceToken}'
    : identityName
  plan: empty(planName) ? '${abbreviations.webServerFarms}${resourceToken}' : planName
  functionApp: empty(functionAppName) ? '${abbreviations.webSitesFunctions}${resourceToken}' : functionAppName
  logAnalytics: empty(logAnalyticsName)
    ? '${abbreviations.operationalInsightsWorkspaces}${resourceToken}'
    : logAnalyticsName
  applicationInsights: empty(applicationInsightsName)
    ? '${abbreviations.insightsComponents}${resourceToken}'
    : applicationInsightsName
  scheduler: empty(schedulerName) ? '${abbreviations.durableTaskSchedulers}${resourceToken}' : schedulerName
  network: empty(virtualNetworkName) ? '${abbreviations.networkVirtualNetworks}${resourceToken}' : virtualNetworkName
  actionGroup: empty(actionGroupName) ? '${abbreviations.insightsActionGroups}${resourceToken}' : actionGroupName
}
var newStorageName = empty(storageAccountName)
  ? '${abbreviations.storageStorageAccounts}${resourceToken}'
  : storageAccountName
var newLanguageName = empty(languageAccountName)
  ? '${abbreviations.cognitiveServicesTextAnalytics}${resourceToken}'
  : languageAccountName
var newTopicName = empty(systemTopicName) ? '${abbreviations.eventGridSystemTopics}${resourceToken}' : systemTopicName

// Resource ids of the three things that may exist already, and where their modules are deployed: an id splits into
// '', 'subscriptions', subscription, 'resourceGroups', group, …, name.
var existing = [
  { name: 'existingStorageAccountId', id: existingStorageAccountId, type: 'Microsoft.Storage/storageAccounts' }
  { name: 'existingLanguageAccountId', id: existingLanguageAccountId, type: 'Microsoft.CognitiveServices/accounts' }
  { name: 'existingSystemTopicId', id: existingSystemTopicId, type: 'Microsoft.EventGrid/systemTopics' }
]
var wrongIds = filter(
  existing,
  item =>
    !empty(item.id) && (length(split(item.id, '/')) != 9 || !contains(
      toLower(item.id),
      toLower('/providers/${item.type}/')
    ))
)
var newStorageId = empty(wrongIds)
  ? resourceId('Microsoft.Storage/storageAccounts', newStorageName)
  : fail('${wrongIds[0].name}: expected /subscriptions/…/resourceGroups/…/providers/${wrongIds[0].type}/<name>, found ${wrongIds[0].id}.')
var storageId = empty(existingStorageAccountId) || !empty(wrongIds) ? newStorageId : existingStorageAccountId
var languageId = empty(existingLanguageAccountId) || !empty(wrongIds)
  ? resourceId('Microsoft.CognitiveServices/accounts', newLanguageName)
  : existingLanguageAccountId
var topicId = empty(existingSystemTopicId) || !empty(wrongIds)
  ? resourceId('Microsoft.EventGrid/systemTopics', newTopicName)
  : existingSystemTopicId
var storagePath = split(storageId, '/')
var languagePath = split(languageId, '/')
var topicPath = split(topicId, '/')
var moreLanguageNames = [
  for index in range(0, length(moreLanguageLocations)): '${take(newLanguageName, 61)}-${index + 2}'
]
var moreLanguageIds = map(moreLanguageNames, name => resourceId('Microsoft.CognitiveServices/accounts', name))
var furtherLanguageIds = concat(moreLanguageAccountIds, moreLanguageIds)
var storageName = last(storagePath)
var languageName = last(languagePath)

// What cannot work is told before anything is made. Custom models are trained in some regions only, and a training fails
// late, when documents wait for it.
var canAuthor = contains(authoringRegions, toLower(replace(location, ' ', '')))
var newLanguageLocation = authoring && empty(existingLanguageAccountId) && !canAuthor
  ? fail('authoring: projects cannot be trained in ${location}. Deploy to one of ${join(authoringRegions, ', ')} (infra/regions.json), or give existingLanguageAccountId of an account there.')
  : location
var ownSubnets = !empty(existingAppSubnetId) && !empty(existingEndpointSubnetId)
var privateSettings = '${existingAppSubnetId}${existingEndpointSubnetId}${existingDnsZoneGroupId}${join(outsideCidrs, '')}'
var networkProblem = !privateNetwork && !empty(privateSettings)
  ? 'outsideCidrs, existingAppSubnetId, existingEndpointSubnetId and existingDnsZoneGroupId need privateNetwork=true.'
  : !ownSubnets && !empty('${existingAppSubnetId}${existingEndpointSubnetId}')
      ? 'existingAppSubnetId and existingEndpointSubnetId are given together or not at all.'
      : ''
var newNetworkName = empty(networkProblem) ? names.network : fail(networkProblem)

var packageContainerName = 'app-package-${uniqueString(names.functionApp, resourceToken)}'
var containerNames = concat(
  [inputContainerName, resultsContainerName, failedContainerName, workContainerName],
  nativeDocuments ? [redactedContainerName] : [],
  // Without authoring a container of that name is none of ours.
  authoring ? [projectsContainerName] : [],
  [deadLetterContainerName, packageContainerName]
)

var useScheduler = durableBackend == 'DurableTaskScheduler'
var alerting = !empty(alertEmail) || !empty(alertActionGroupIds)
// Roles that the Functions host asks for: owner of blobs, not contributor; queues and tables carry the state of Durable.
var hostRoles = ['storageBlobDataOwner', 'storageQueueDataContributor', 'storageTableDataContributor']

module identity 'modules/identity.bicep' = {
  params: { name: names.identity, location: location, tags: allTags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    workspaceName: names.logAnalytics
    componentName: names.applicationInsights
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    appPrincipalId: identity.outputs.principalId
  }
}

module storageAccount 'modules/storage-account.bicep' = if (empty(existingStorageAccountId)) {
  params: {
    name: newStorageName
    location: location
    tags: allTags
    sku: storageSku
    publicNetworkAccess: !privateNetwork
    outsideCidrs: outsideCidrs
    softDeleteDays: softDeleteDays
    resultsContainerName: resultsContainerName
    workContainerName: workContainerName
    deadLetterContainerName: deadLetterContainerName
    resultsCoolAfterDays: resultsCoolAfterDays
    resultsDeleteAfterDays: resultsDeleteAfterDays
    workDeleteAfterDays: workDeleteAfterDays
    deadLetterDeleteAfterDays: deadLetterDeleteAfterDays
  }
}

module storageContainers 'modules/storage-containers.bicep' = {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    containerNames: containerNames
    newAccount: empty(existingStorageAccountId)
    workspaceId: monitoring.outputs.workspaceId
    logs: storageLogs
    diagnosticSettingName: 'language-batch-${resourceToken}'
  }
  dependsOn: [storageAccount]
}

module appStorageRoles 'modules/storage-role.bicep' = {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    principalId: identity.outputs.principalId
    roleNames: hostRoles
  }
  dependsOn: [storageContainers]
}

module developerStorageRoles 'modules/storage-role.bicep' = if (!empty(principalId)) {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    principalId: principalId
    principalType: principalType
    // The whole account: labelled texts may lie in containers that are made by hand.
    roleNames: localDevelopment ? hostRoles : ['storageBlobDataContributor']
  }
  dependsOn: [storageContainers]
}

module languageAccount 'modules/language-account.bicep' = if (empty(existingLanguageAccountId)) {
  params: {
    name: newLanguageName
    location: newLanguageLocation
    tags: allTags
    sku: languageSku
    publicNetworkAccess: !privateNetwork
    outsideCidrs: outsideCidrs
    linkedStorageAccountId: authoring || languageStorageLink ? storageId : ''
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [storageAccount]
}

module moreLanguageAccounts 'modules/language-account.bicep' = [
  for (region, index) in moreLanguageLocations: {
    params: {
      name: moreLanguageNames[index]
      location: region
      tags: allTags
      sku: languageSku
      publicNetworkAccess: !privateNetwork
      outsideCidrs: outsideCidrs
      // Projects are trained in the first account; the others only have deployments of them.
      linkedStorageAccountId: ''
      workspaceId: monitoring.outputs.workspaceId
    }
  }
]

module languageAccess 'modules/language-access.bicep' = {
  scope: resourceGroup(languagePath[2], languagePath[4])
  params: {
    accountName: languageName
    appPrincipalId: identity.outputs.principalId
    developerPrincipalId: principalId
    developerPrincipalType: principalType
    authoring: authoring
    readsStorage: authoring || nativeDocuments
  }
  dependsOn: [languageAccount]
}

module moreLanguageAccess 'modules/language-access.bicep' = [
  for id in furtherLanguageIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      accountName: last(split(id, '/'))
      appPrincipalId: identity.outputs.principalId
      authoring: authoring
      readsStorage: nativeDocuments
    }
    dependsOn: [moreLanguageAccounts]
  }
]

// Native documents: the account reads what was dropped, and writes its findings below a batch of the work container.
module nativeInputRole 'modules/container-role.bicep' = if (nativeDocuments) {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    containerName: inputContainerName
    principalId: languageAccess.outputs.principalId
    roleName: 'storageBlobDataReader'
  }
  dependsOn: [storageContainers]
}

module nativeWorkRole 'modules/container-role.bicep' = if (nativeDocuments) {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    containerName: workContainerName
    principalId: languageAccess.outputs.principalId
    roleName: 'storageBlobDataContributor'
  }
  dependsOn: [storageContainers]
}

module moreNativeInputRoles 'modules/container-role.bicep' = [
  for (id, index) in (nativeDocuments ? furtherLanguageIds : []): {
    scope: resourceGroup(storagePath[2], storagePath[4])
    params: {
      accountName: storageName
      containerName: inputContainerName
      principalId: moreLanguageAccess[index].outputs.principalId
      roleName: 'storageBlobDataReader'
    }
    dependsOn: [storageContainers]
  }
]

module moreNativeWorkRoles 'modules/container-role.bicep' = [
  for (id, index) in (nativeDocuments ? furtherLanguageIds : []): {
    scope: resourceGroup(storagePath[2], storagePath[4])
    params: {
      accountName: storageName
      containerName: workContainerName
      principalId: moreLanguageAccess[index].outputs.principalId
      roleName: 'storageBlobDataContributor'
    }
    dependsOn: [storageContainers]
  }
]

// A project names the container of its labelled documents, so that the account needs the whole storage account.
module languageStorageRole 'modules/storage-role.bicep' = if (authoring) {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    principalId: languageAccess.outputs.principalId
    roleNames: ['storageBlobDataContributor']
  }
  dependsOn: [storageContainers]
}

module topic 'modules/event-topic.bicep' = if (empty(existingSystemTopicId)) {
  params: {
    name: newTopicName
    location: storageContainers.outputs.location
    tags: allTags
    storageAccountId: storageId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module topicFacts 'modules/event-topic-facts.bicep' = {
  scope: resourceGroup(topicPath[2], topicPath[4])
  params: { name: last(topicPath) }
  dependsOn: [topic]
}

// Defender makes a system topic of its own where the account has none yet, and an account can have one only: ours first.
module defender 'modules/storage-defender.bicep' = if (storageDefender && empty(existingStorageAccountId)) {
  params: { accountName: newStorageName, capGbPerMonth: storageDefenderCapGbPerMonth }
  dependsOn: [topicFacts]
}

module deadLetterRole 'modules/container-role.bicep' = {
  scope: resourceGroup(storagePath[2], storagePath[4])
  params: {
    accountName: storageName
    containerName: deadLetterContainerName
    principalId: topicFacts.outputs.principalId
    roleName: 'storageBlobDataContributor'
  }
  dependsOn: [storageContainers]
}

module scheduler 'modules/scheduler.bicep' = if (useScheduler) {
  params: {
    name: names.scheduler
    location: empty(schedulerLocation) ? location : schedulerLocation
    tags: allTags
    taskHubName: taskHubName
    sku: schedulerSku
    capacity: schedulerCapacity
    ipAllowlist: schedulerIpAllowlist
    appPrincipalId: identity.outputs.principalId
    developerPrincipalId: principalId
    developerPrincipalType: principalType
  }
}

module privateAccess 'modules/private-access.bicep' = if (privateNetwork) {
  params: {
    location: location
    tags: allTags
    networkName: newNetworkName
    addressPrefix: networkAddressPrefix
    appSubnetPrefix: networkAppSubnetPrefix
    endpointSubnetPrefix: networkEndpointSubnetPrefix
    securityGroupPrefix: '${abbreviations.networkNetworkSecurityGroups}${resourceToken}-'
    endpointPrefix: '${abbreviations.networkPrivateEndpoints}${resourceToken}-'
    existingAppSubnetId: existingAppSubnetId
    existingEndpointSubnetId: existingEndpointSubnetId
    existingDnsZoneGroupId: existingDnsZoneGroupId
    storageId: storageId
    languageIds: concat([languageId], moreLanguageIds)
  }
  dependsOn: [storageAccount, languageAccount, moreLanguageAccounts]
}

var baseSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.outputs.clientId
  AzureWebJobsStorage__blobServiceUri: storageContainers.outputs.blobEndpoint
  AzureWebJobsStorage__queueServiceUri: storageContainers.outputs.queueEndpoint
  AzureWebJobsStorage__tableServiceUri: storageContainers.outputs.tableEndpoint
  AZURE_CLIENT_ID: identity.outputs.clientId
  LANGUAGE_ENDPOINT: languageAccess.outputs.endpoint
  INPUT_CONTAINER: inputContainerName
  RESULTS_CONTAINER: resultsContainerName
  FAILED_CONTAINER: failedContainerName
  REDACTED_CONTAINER: redactedContainerName
  WORK_CONTAINER: workContainerName
  PROJECTS_CONTAINER: projectsContainerName
  AUTHORING: authoring ? 'true' : 'false'
  PIPELINES_FILE: pipelinesFile
}
var tuningSettings = toObject(items(tuning), item => item.key, item => string(item.?value))
// host.json names the storage account as backend; settings with this prefix override it.
var schedulerSettings = useScheduler
  ? {
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.outputs.clientId}'
      AzureFunctionsJobHost__extensions__durableTask__hubName: taskHubName
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
    }
  : {}

module functionApp 'modules/function-app.bicep' = {
  params: {
    planName: names.plan
    name: names.functionApp
    location: location
    tags: allTags
    serviceName: serviceName
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    packageContainerUrl: '${storageContainers.outputs.blobEndpoint}${packageContainerName}'
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    zoneRedundant: zoneRedundant
    subnetId: privateNetwork ? privateAccess!.outputs.appSubnetId : ''
    inboundCidrs: inboundCidrs
    componentName: names.applicationInsights
    settings: union(baseSettings, tuningSettings, schedulerSettings, appSettings)
  }
  dependsOn: [appStorageRoles]
}

module alerts 'modules/alerts.bicep' = if (alerting) {
  params: {
    prefix: 'language-batch-${environmentName}'
    location: location
    tags: allTags
    email: alertEmail
    actionGroupName: names.actionGroup
    actionGroupIds: alertActionGroupIds
    componentId: monitoring.outputs.componentId
    workspaceId: monitoring.outputs.workspaceId
    topicId: topicId
    failedDocumentsPercent: alertFailedDocumentsPercent
    failedDocumentsMinimum: alertFailedDocumentsMinimum
    queueStalledMinutes: alertQueueStalledMinutes
    throttledPercent: alertThrottledPercent
    textRecordsPerDay: alertTextRecordsPerDay
    authoring: authoring
    sweepIntervalMinutes: tuning.?SWEEP_INTERVAL_MINUTES ?? 1
  }
  dependsOn: [topicFacts]
}

module workbook 'modules/workbook.bicep' = {
  params: {
    title: 'language-batch ${environmentName}'
    location: location
    tags: allTags
    componentId: monitoring.outputs.componentId
  }
}

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = names.functionApp

@description('Name of the function app, under the name of the service in azure.yaml.')
output SERVICE_PROCESSOR_NAME string = names.functionApp

@description('Address of the function app.')
output SERVICE_PROCESSOR_BASE_URL string = 'https://${functionApp.outputs.hostName}'

@description('Name of the storage account.')
output AZURE_STORAGE_ACCOUNT_NAME string = storageName

@description('Resource id of the storage account.')
output AZURE_STORAGE_ACCOUNT_ID string = storageId

@description('Container that documents are dropped into.')
output INPUT_CONTAINER_NAME string = inputContainerName

@description('Container of the results.')
output RESULTS_CONTAINER_NAME string = resultsContainerName

@description('Container of the failure records.')
output FAILED_CONTAINER_NAME string = failedContainerName

@description('Container of project files.')
output PROJECTS_CONTAINER_NAME string = projectsContainerName

@description('Container of events that could not be delivered.')
output DEADLETTER_CONTAINER_NAME string = deadLetterContainerName

@description('True: project files are watched too.')
output AUTHORING_ENABLED bool = authoring

@description('Resource id of the Event Grid system topic.')
output EVENTGRID_SYSTEM_TOPIC_ID string = topicId

@description('Name of the Event Grid system topic.')
output EVENTGRID_SYSTEM_TOPIC_NAME string = last(topicPath)

@description('Name of the Language account.')
output LANGUAGE_ACCOUNT_NAME string = languageName

@description('Endpoint of the Language account.')
output LANGUAGE_ENDPOINT string = languageAccess.outputs.endpoint

@description('Endpoints of the further Language accounts, in the order of moreLanguageAccountIds and then of moreLanguageLocations.')
output MORE_LANGUAGE_ENDPOINTS string[] = [
  for index in range(0, length(furtherLanguageIds)): moreLanguageAccess[index].outputs.endpoint
]

@description('Name of the Application Insights component.')
output APPLICATIONINSIGHTS_NAME string = names.applicationInsights

@description('Resource id of the workbook.')
output WORKBOOK_ID string = workbook.outputs.id

@description('Endpoint of the Durable Task Scheduler; empty: the storage account is the backend.')
output DTS_ENDPOINT string = useScheduler ? scheduler!.outputs.endpoint : ''
