metadata name = 'language-batch, event subscriptions'
metadata description = 'Second phase, after the code is deployed: Event Grid asks the app to prove itself, and the key exists only then.'

@description('Name of the function app, in the resource group of this deployment.')
@minLength(2)
@maxLength(60)
param functionAppName string

@description('Resource id of the system topic of the storage account.')
@minLength(1)
param systemTopicId string

@description('Resource id of the storage account.')
@minLength(1)
param storageAccountId string

@description('Container that documents are dropped into.')
@minLength(3)
@maxLength(63)
param inputContainerName string = 'documents'

@description('Container of project files.')
@minLength(3)
@maxLength(63)
param projectsContainerName string = 'projects'

@description('Container of events that could not be delivered.')
@minLength(3)
@maxLength(63)
param deadLetterContainerName string = 'deadletter'

@description('True: project files are watched too.')
param authoring bool = false

@description('Times that an event is tried before it is dead-lettered.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int = 30

@description('Minutes after which an undelivered event is dead-lettered.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int = 1440

// The names that the app registers its blob triggers under.
var intakeFunction = 'intake'
var projectIntakeFunction = 'projectIntake'
// Of a project only its file: the app keeps a status beside it, and events of that would wake it for nothing.
var watched = concat(
  [{ functionName: intakeFunction, containerName: inputContainerName, nameEndsWith: '' }],
  authoring
    ? [{ functionName: projectIntakeFunction, containerName: projectsContainerName, nameEndsWith: '/project.json' }]
    : []
)
var topicPath = split(systemTopicId, '/')

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

module subscriptions 'modules/event-subscription.bicep' = [
  for item in watched: {
    scope: resourceGroup(topicPath[2], topicPath[4])
    params: {
      name: '${take(functionAppName, 50)}-${item.functionName}'
      topicName: last(topicPath)
      webhookAddress: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${item.functionName}&code=${listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension}'
      containerName: item.containerName
      nameEndsWith: item.nameEndsWith
      storageAccountId: storageAccountId
      deadLetterContainerName: deadLetterContainerName
      maxDeliveryAttempts: maxDeliveryAttempts
      eventTimeToLiveInMinutes: eventTimeToLiveInMinutes
    }
  }
]

@description('Containers that are watched now.')
output watchedContainers string[] = map(watched, item => item.containerName)
