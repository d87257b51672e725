metadata description = 'Alerts on what the app logs and on what Event Grid could not deliver. Meaning and remedy of each: docs/operations.md.'

@description('Prefix of the names of the alerts.')
@minLength(1)
@maxLength(79)
param prefix string

@description('Region of the log alerts.')
param location string

@description('Tags of the alerts.')
param tags object

@description('Address that gets an e-mail for each alert; empty: no action group is created for it.')
param email string

@description('Name of the action group of that address.')
@minLength(1)
@maxLength(260)
param actionGroupName string

@description('Resource ids of action groups that exist already and are told too.')
@maxLength(5)
param actionGroupIds string[]

@description('Resource id of the Application Insights component.')
param componentId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the Event Grid system topic.')
param topicId string

@description('Percentage of failed documents of a pipeline that raises the alert.')
@minValue(1)
@maxValue(100)
param failedDocumentsPercent int

@description('Failed documents of a pipeline below which their percentage does not count.')
@minValue(1)
@maxValue(100000)
param failedDocumentsMinimum int

@description('Minutes that documents may wait while no lane of their pipeline runs.')
@minValue(5)
@maxValue(1440)
param queueStalledMinutes int

@description('Percentage of throttled attempts to submit a job that raises the alert.')
@minValue(1)
@maxValue(100)
param throttledPercent int

@description('Billed text records a day above which the alert is raised; 0: no such alert.')
@minValue(0)
@maxValue(2000000000)
param textRecordsPerDay int

@description('True: projects are watched too.')
param authoring bool

@description('Minutes between two reports of the sweep: alerts that read them look back longer.')
@minValue(1)
@maxValue(59)
param sweepIntervalMinutes int

var silentMinutes = sweepIntervalMinutes <= 10 ? 30 : 120
var sweepWindow = sweepIntervalMinutes <= 10 ? 'PT30M' : 'PT2H'

// Looks back to the last sign of life, as far as an alert may. It never says that all is well again, which it would
// when that sign is older; instead it tells again while it lasts.
var untilSomebodyLooks = { overrideQueryTimeRange: 'P2D', autoMitigate: false, muteActionsDuration: 'PT6H' }

var applicationRules = [
  {
    name: 'documents-failing'
    severity: 2
    description: 'Many documents of a pipeline end as failure records.'
    query: replace(
      replace(loadTextContent('../queries/alerts/documents-failing.kql'), '__PERCENT__', string(failedDocumentsPercent)),
      '__MINIMUM__',
      string(failedDocumentsMinimum)
    )
    window: 'PT30M'
    frequency: 'PT5M'
    dimensions: ['pipeline']
  }
  {
    name: 'documents-unmatched'
    severity: 3
    description: 'Documents arrive that no pipeline wants.'
    query: loadTextContent('../queries/alerts/documents-unmatched.kql')
    window: 'PT1H'
    frequency: 'PT15M'
    dimensions: []
  }
  {
    name: 'queue-stalled'
    severity: 1
    description: 'Documents wait while no lane of their pipeline runs.'
    query: replace(loadTextContent('../queries/alerts/queue-stalled.kql'), '__MINUTES__', string(queueStalledMinutes))
    window: sweepWindow
    frequency: 'PT5M'
    dimensions: ['pipeline']
  }
  {
    name: 'nothing-published'
    severity: 1
    description: 'Documents wait or are in hand, and none of their pipeline has ended for half an hour.'
    query: loadTextContent('../queries/alerts/nothing-published.kql')
    window: sweepWindow
    frequency: 'PT5M'
    dimensions: ['pipeline']
  }
  {
    name: 'lane-blocked'
    severity: 1
    description: 'A lane keeps its documents because the Language service refuses it.'
    query: loadTextContent('../queries/alerts/lane-blocked.kql')
    window: sweepWindow
    frequency: 'PT5M'
    dimensions: ['pipeline']
  }
  {
    name: 'lane-failing'
    severity: 2
    description: 'A lane fails again and again at the same work.'
    query: loadTextContent('../queries/alerts/lane-failing.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    dimensions: ['pipeline']
  }
  {
    name: 'poison-messages'
    severity: 1
    description: 'The host moved a message to a poison queue after its last try.'
    query: loadTextContent('../queries/alerts/poison-messages.kql')
    window: 'PT30M'
    frequency: 'PT5M'
    dimensions: ['queue']
  }
  {
    name: 'throttling'
    severity: 3
    description: 'The Language service refuses a large share of the jobs for their number.'
    query: replace(loadTextContent('../queries/alerts/throttling.kql'), '__PERCENT__', string(throttledPercent))
    window: 'PT30M'
    frequency: 'PT15M'
    dimensions: ['pipeline']
  }
  {
    name: 'sweep-silent'
    severity: 1
    description: 'The app has not reported for half an hour or more.'
    query: replace(loadTextContent('../queries/alerts/sweep-silent.kql'), '__MINUTES__', string(silentMinutes))
    window: sweepWindow
    frequency: 'PT5M'
    dimensions: []
    options: untilSomebodyLooks
  }
  {
    name: 'functions-failing'
    severity: 2
    description: 'Executions of a function end in exceptions.'
    query: replace(loadTextContent('../queries/alerts/functions-failing.kql'), '__MINIMUM__', '10')
    window: 'PT30M'
    frequency: 'PT15M'
    dimensions: ['function']
  }
]
var spendingRule = {
  name: 'text-records'
  severity: 2
  description: 'More text records were billed in a day than expected.'
  query: replace(loadTextContent('../queries/alerts/text-records.kql'), '__LIMIT__', string(textRecordsPerDay))
  window: 'P1D'
  frequency: 'PT1H'
  dimensions: []
}
var projectRule = {
  name: 'project-failing'
  severity: 2
  description: 'A project was not trained and deployed as asked.'
  query: loadTextContent('../queries/alerts/project-failing.kql')
  window: 'PT1H'
  frequency: 'PT15M'
  dimensions: ['projectName']
}
// Told once a day by the sweep; each end is one of the three at a time, and what has ended stays with the last.
var expiryRules = map(
  [
    { name: 'expiring-in-a-quarter', severity: 3, days: 90, floor: 30 }
    { name: 'expiring-in-a-month', severity: 2, days: 30, floor: 7 }
    { name: 'expiring-in-a-week', severity: 1, days: 7, floor: -100000 }
  ],
  rule => {
    name: rule.name
    severity: rule.severity
    description: 'A deployment or a kind of task that pipelines ask ends in ${rule.days} days or less.'
    query: replace(
      replace(loadTextContent('../queries/alerts/expiry.kql'), '__DAYS__', string(rule.days)),
      '__FLOOR__',
      string(rule.floor)
    )
    window: 'P1D'
    frequency: 'PT1H'
    dimensions: ['pipeline', 'what']
  }
)
var rules = concat(
  applicationRules,
  expiryRules,
  textRecordsPerDay > 0 ? [spendingRule] : [],
  authoring ? [projectRule] : []
)
var topicRules = [
  {
    name: 'dead-letters'
    severity: 1
    description: 'Event Grid gave up on events and stored them in the dead-letter container.'
    metricName: 'DeadLetteredCount'
    threshold: 0
  }
  {
    name: 'events-dropped'
    severity: 1
    description: 'Event Grid gave up on events and could not store them: only the sweep finds these documents.'
    metricName: 'DroppedEventCount'
    threshold: 0
  }
  {
    name: 'event-delivery-failing'
    severity: 3
    description: 'Event Grid cannot reach the app and tries again.'
    metricName: 'DeliveryAttemptFailCount'
    threshold: 50
  }
]
var allActionGroupIds = concat(actionGroupIds, empty(email) ? [] : [actionGroup.id])

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'lang-batch'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: union(
      {
        displayName: '${prefix}: ${rule.name}'
        description: '${rule.description} What to do: docs/operations.md, ${rule.name}.'
        enabled: true
        severity: rule.severity
        scopes: [componentId]
        evaluationFrequency: rule.frequency
        windowSize: rule.window
        autoMitigate: true
        // The tables do not exist before the app has logged for the first time.
        skipQueryValidation: true
        criteria: {
          allOf: [
            {
              query: rule.query
              timeAggregation: 'Count'
              operator: 'GreaterThan'
              threshold: 0
              dimensions: map(rule.dimensions, name => { name: name, operator: 'Include', values: ['*'] })
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
            }
          ]
        }
        actions: { actionGroups: allActionGroupIds }
      },
      rule.?options ?? {}
    )
  }
]

resource capAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${prefix}-log-cap-reached'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${prefix}: log-cap-reached'
    description: 'The workspace stopped taking logs until tomorrow. What to do: docs/operations.md, log-cap-reached.'
    enabled: true
    severity: 1
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/alerts/log-cap-reached.kql')
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: allActionGroupIds }
  }
}

resource topicAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in topicRules: {
    name: '${prefix}-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${rule.description} What to do: docs/operations.md, ${rule.name}.'
      enabled: true
      severity: rule.severity
      scopes: [topicId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.name
            metricNamespace: 'Microsoft.EventGrid/systemTopics'
            metricName: rule.metricName
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: rule.threshold
          }
        ]
      }
      actions: map(allActionGroupIds, id => { actionGroupId: id })
    }
  }
]
