metadata name = 'language-batch, in a subscription'
metadata description = 'Creates the resource group and everything in it. Second phase, after the code is there: event-subscription.bicep.'

targetScope = 'subscription'

import { tunables } from 'tunables.bicep'

@description('Name of the environment, part of tags and generated names.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything; see `az functionapp list-flexconsumption-locations`.')
@metadata({ azd: { type: 'location' } })
@minLength(3)
param location string

@description('Name of the resource group; empty: generated from the name of the environment.')
@maxLength(90)
param resourceGroupName string = ''

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
var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))
var groupName = empty(resourceGroupName)
  ? '${abbreviations.resourcesResourceGroups}${environmentName}'
  : resourceGroupName

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName
  location: location
  tags: union(tags, { 'azd-env-name': environmentName })
}

module resources 'resources.bicep' = {
  scope: group
  params: {
    environmentName: environmentName
    location: location
    resourceToken: resourceToken
    tags: tags
    principalId: principalId
    principalType: principalType
    localDevelopment: localDevelopment
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    zoneRedundant: zoneRedundant
    tuning: tuning
    appSettings: appSettings
    inboundCidrs: inboundCidrs
    inputContainerName: inputContainerName
    resultsContainerName: resultsContainerName
    failedContainerName: failedContainerName
    redactedContainerName: redactedContainerName
    workContainerName: workContainerName
    projectsContainerName: projectsContainerName
    deadLetterContainerName: deadLetterContainerName
    pipelinesFile: pipelinesFile
    existingStorageAccountId: existingStorageAccountId
    storageSku: storageSku
    softDeleteDays: softDeleteDays
    resultsCoolAfterDays: resultsCoolAfterDays
    resultsDeleteAfterDays: resultsDeleteAfterDays
    workDeleteAfterDays: workDeleteAfterDays
    deadLetterDeleteAfterDays: deadLetterDeleteAfterDays
    storageLogs: storageLogs
    storageDefender: storageDefender
    storageDefenderCapGbPerMonth: storageDefenderCapGbPerMonth
    existingLanguageAccountId: existingLanguageAccountId
    moreLanguageAccountIds: moreLanguageAccountIds
    moreLanguageLocations: moreLanguageLocations
    languageSku: languageSku
    authoring: authoring
    nativeDocuments: nativeDocuments
    languageStorageLink: languageStorageLink
    existingSystemTopicId: existingSystemTopicId
    durableBackend: durableBackend
    schedulerLocation: schedulerLocation
    schedulerSku: schedulerSku
    schedulerCapacity: schedulerCapacity
    schedulerIpAllowlist: schedulerIpAllowlist
    taskHubName: taskHubName
    logRetentionDays: logRetentionDays
    logDailyCapGb: logDailyCapGb
    alertEmail: alertEmail
    alertActionGroupIds: alertActionGroupIds
    alertFailedDocumentsPercent: alertFailedDocumentsPercent
    alertFailedDocumentsMinimum: alertFailedDocumentsMinimum
    alertQueueStalledMinutes: alertQueueStalledMinutes
    alertThrottledPercent: alertThrottledPercent
    alertTextRecordsPerDay: alertTextRecordsPerDay
    privateNetwork: privateNetwork
    outsideCidrs: outsideCidrs
    existingAppSubnetId: existingAppSubnetId
    existingEndpointSubnetId: existingEndpointSubnetId
    existingDnsZoneGroupId: existingDnsZoneGroupId
    networkAddressPrefix: networkAddressPrefix
    networkAppSubnetPrefix: networkAppSubnetPrefix
    networkEndpointSubnetPrefix: networkEndpointSubnetPrefix
    identityName: identityName
    storageAccountName: storageAccountName
    planName: planName
    functionAppName: functionAppName
    languageAccountName: languageAccountName
    logAnalyticsName: logAnalyticsName
    applicationInsightsName: applicationInsightsName
    systemTopicName: systemTopicName
    schedulerName: schedulerName
    virtualNetworkName: virtualNetworkName
    actionGroupName: actionGroupName
  }
}

@description('Region of everything.')
output AZURE_LOCATION string = location

@description('Tenant of the subscription.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Name of the resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = resources.outputs.AZURE_FUNCTION_APP_NAME

@description('Name of the function app, under the name of the service in azure.yaml.')
output SERVICE_PROCESSOR_NAME string = resources.outputs.SERVICE_PROCESSOR_NAME

@description('Address of the function app.')
output SERVICE_PROCESSOR_BASE_URL string = resources.outputs.SERVICE_PROCESSOR_BASE_URL

@description('Name of the storage account.')
output AZURE_STORAGE_ACCOUNT_NAME string = resources.outputs.AZURE_STORAGE_ACCOUNT_NAME

@description('Resource id of the storage account.')
output AZURE_STORAGE_ACCOUNT_ID string = resources.outputs.AZURE_STORAGE_ACCOUNT_ID

@description('Container that documents are dropped into.')
output INPUT_CONTAINER_NAME string = resources.outputs.INPUT_CONTAINER_NAME

@description('Container of the results.')
output RESULTS_CONTAINER_NAME string = resources.outputs.RESULTS_CONTAINER_NAME

@description('Container of the failure records.')
output FAILED_CONTAINER_NAME string = resources.outputs.FAILED_CONTAINER_NAME

@description('Container of project files.')
output PROJECTS_CONTAINER_NAME string = resources.outputs.PROJECTS_CONTAINER_NAME

@description('Container of events that could not be delivered.')
output DEADLETTER_CONTAINER_NAME string = resources.outputs.DEADLETTER_CONTAINER_NAME

@description('True: project files are watched too.')
output AUTHORING_ENABLED bool = resources.outputs.AUTHORING_ENABLED

@description('Resource id of the Event Grid system topic.')
output EVENTGRID_SYSTEM_TOPIC_ID string = resources.outputs.EVENTGRID_SYSTEM_TOPIC_ID

@description('Name of the Event Grid system topic.')
output EVENTGRID_SYSTEM_TOPIC_NAME string = resources.outputs.EVENTGRID_SYSTEM_TOPIC_NAME

@description('Name of the Language account.')
output LANGUAGE_ACCOUNT_NAME string = resources.outputs.LANGUAGE_ACCOUNT_NAME

@description('Endpoint of the Language account.')
output LANGUAGE_ENDPOINT string = resources.outputs.LANGUAGE_ENDPOINT

@description('Endpoints of the further Language accounts, in the order of moreLanguageAccountIds and then of moreLanguageLocations.')
output MORE_LANGUAGE_ENDPOINTS string[] = resources.outputs.MORE_LANGUAGE_ENDPOINTS

@description('Name of the Application Insights component.')
output APPLICATIONINSIGHTS_NAME string = resources.outputs.APPLICATIONINSIGHTS_NAME

@description('Resource id of the workbook.')
output WORKBOOK_ID string = resources.outputs.WORKBOOK_ID

@description('Endpoint of the Durable Task Scheduler; empty: the storage account is the backend.')
output DTS_ENDPOINT string = resources.outputs.DTS_ENDPOINT
