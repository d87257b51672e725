metadata description = 'The workbook: what waits, runs, is blocked and why, is done and failed, and what it cost.'

@description('Title of the workbook.')
@minLength(1)
@maxLength(256)
param title string

@description('Region of the workbook.')
param location string

@description('Tags of the workbook.')
param tags object

@description('Resource id of the Application Insights component that it reads.')
param componentId string

var sections = [
  {
    name: 'pipelines-now'
    title: 'Now: documents waiting, lanes running, lanes blocked'
    query: loadTextContent('../queries/workbook/pipelines-now.kql')
    visualization: 'table'
    width: '100'
  }
  {
    name: 'blocked-lanes'
    title: 'Blocked lanes and why'
    query: loadTextContent('../queries/workbook/blocked-lanes.kql')
    visualization: 'table'
    width: '100'
  }
  {
    name: 'documents-over-time'
    title: 'Documents that ended'
    query: loadTextContent('../queries/workbook/documents-over-time.kql')
    visualization: 'timechart'
    width: '50'
  }
  {
    name: 'waiting-over-time'
    title: 'Documents waiting'
    query: loadTextContent('../queries/workbook/waiting-over-time.kql')
    visualization: 'timechart'
    width: '50'
  }
  {
    name: 'failures-by-code'
    title: 'Failure records by code'
    query: loadTextContent('../queries/workbook/failures-by-code.kql')
    visualization: 'table'
    width: '100'
  }
  {
    name: 'unmatched'
    title: 'Documents that no pipeline wants'
    query: loadTextContent('../queries/workbook/unmatched.kql')
    visualization: 'table'
    width: '100'
  }
  {
    name: 'batches'
    title: 'Batches: how full the jobs are, and how many calls each costs'
    query: loadTextContent('../queries/workbook/batches.kql')
    visualization: 'table'
    width: '100'
  }
  {
    name: 'text-records-per-day'
    title: 'Text records a day (what the service bills)'
    query: loadTextContent('../queries/workbook/text-records-per-day.kql')
    visualization: 'barchart'
    width: '50'
  }
  {
    name: 'throttling-over-time'
    title: 'Jobs submitted and calls throttled'
    query: loadTextContent('../queries/workbook/throttling-over-time.kql')
    visualization: 'timechart'
    width: '50'
  }
  {
    name: 'projects'
    title: 'Projects: trained, deployed, held up'
    query: loadTextContent('../queries/workbook/projects.kql')
    visualization: 'table'
    width: '100'
  }
]
var intro = {
  type: 1
  name: 'intro'
  content: {
    json: '## ${title}\nEvery document ends as a result or as a failure record. Alerts and what to do: docs/operations.md.'
  }
}
var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.insights/components'
    parameters: [
      {
        id: guid(title, 'TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time range'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          allowCustom: true
          selectableValues: [
            { durationMs: 3600000 }
            { durationMs: 14400000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
        }
      }
      {
        id: guid(title, 'Pipeline')
        version: 'KqlParameterItem/1.0'
        name: 'Pipeline'
        type: 2
        isRequired: true
        multiSelect: true
        quote: '\''
        delimiter: ','
        query: loadTextContent('../queries/workbook/pipelines.kql')
        queryType: 0
        resourceType: 'microsoft.insights/components'
        timeContextFromParameter: 'TimeRange'
        typeSettings: { additionalResourceOptions: ['value::all'], selectAllValue: '*' }
        value: ['value::all']
      }
    ]
  }
}
var queries = map(sections, section => {
  type: 3
  name: section.name
  customWidth: section.width
  content: {
    version: 'KqlItem/1.0'
    title: section.title
    query: section.query
    size: 0
    noDataMessage: 'Nothing in this time range.'
    timeContextFromParameter: 'TimeRange'
    queryType: 0
    resourceType: 'microsoft.insights/components'
    visualization: section.visualization
  }
})
var workbook = {
  version: 'Notebook/1.0'
  items: concat([intro, parameters], queries)
  fallbackResourceIds: [componentId]
}

resource shared 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: componentId
    serializedData: string(workbook)
  }
}

@description('Resource id of the workbook.')
output id string = shared.id
