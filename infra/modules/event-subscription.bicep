metadata description = 'Sends the event of each blob created in one container to one blob trigger.'

@description('Name of the event subscription.')
@minLength(3)
@maxLength(64)
param name string

@description('Name of the system topic.')
@minLength(3)
@maxLength(128)
param topicName string

@description('Address of the blob extension of the app, with the function and the system key of the extension in its query.')
@secure()
param webhookAddress string

@description('Container whose blobs are watched.')
@minLength(3)
@maxLength(63)
param containerName string

@description('End of the names of the blobs that are watched; empty: all.')
@maxLength(100)
param nameEndsWith string

@description('Resource id of the storage account of the dead letters.')
param storageAccountId string

@description('Container of the dead letters.')
@minLength(3)
@maxLength(63)
param deadLetterContainerName string

@description('Times that an event is tried.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int

@description('Minutes for which an event is tried.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: webhookAddress
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
        minimumTlsVersionAllowed: '1.2'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // The closing slash keeps out sibling containers: `documents2` begins with `documents` too.
      subjectBeginsWith: '/blobServices/default/containers/${containerName}/'
      subjectEndsWith: nameEndsWith
      enableAdvancedFilteringOnArrays: true
    }
    retryPolicy: { maxDeliveryAttempts: maxDeliveryAttempts, eventTimeToLiveInMinutes: eventTimeToLiveInMinutes }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageAccountId, blobContainerName: deadLetterContainerName }
      }
    }
  }
}
