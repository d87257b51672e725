metadata description = 'What others need to know of a system topic, new or existing.'

@description('Name of the topic.')
@minLength(3)
@maxLength(128)
param name string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: name
}

@description('Object id of the identity of the topic, which writes dead letters. A topic without one fails here, before anything relies on it.')
output principalId string = topic.identity!.principalId
