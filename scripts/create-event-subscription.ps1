#!/usr/bin/env pwsh
# Second phase of a deployment, after the code: waits until the function app has its Event Grid key, then deploys
# infra/event-subscription.bicep. azd runs it after each deploy; by hand it takes the same environment variables.
# It can be run again at any time.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Stop-WithReason([string] $Reason, [string[]] $Lines) {
  [Console]::Error.WriteLine("`nThe event subscription was not created: $Reason")
  foreach ($line in $Lines) { [Console]::Error.WriteLine("  $line") }
  exit 1
}

function Get-Setting([string] $Name, [string] $Default = '') {
  $value = [Environment]::GetEnvironmentVariable($Name)
  if ($value) { return $value }
  return $Default
}

function Get-Needed([string] $Name) {
  $value = Get-Setting $Name
  if (-not $value) {
    Stop-WithReason "$Name is not set." @(
      'azd sets it from the outputs of infra/main.bicep; by hand, set it before you run this script.'
      'Seen at the end of a deployment: az deployment sub show --name <deployment> --query properties.outputs'
    )
  }
  return $value
}

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
  Stop-WithReason 'the Azure CLI (az) is not on the PATH.' @(
    'Install it: https://learn.microsoft.com/cli/azure/install-azure-cli'
  )
}
az account show --output none 2>$null
if ($LASTEXITCODE -ne 0) {
  Stop-WithReason 'az is not signed in.' @(
    'Run az login (azd and az keep separate sign-ins), then azd hooks run postdeploy.'
  )
}

$group = Get-Needed 'AZURE_RESOURCE_GROUP'
$app = Get-Needed 'AZURE_FUNCTION_APP_NAME'
$topic = Get-Needed 'EVENTGRID_SYSTEM_TOPIC_ID'
$storage = Get-Needed 'AZURE_STORAGE_ACCOUNT_ID'
$subscription = Get-Setting 'AZURE_SUBSCRIPTION_ID'
if (-not $subscription) { $subscription = az account show --query id --output tsv }
$inputContainer = Get-Setting 'INPUT_CONTAINER_NAME' 'documents'
$projectsContainer = Get-Setting 'PROJECTS_CONTAINER_NAME' 'projects'
$deadLetterContainer = Get-Setting 'DEADLETTER_CONTAINER_NAME' 'deadletter'
$authoring = Get-Setting 'AUTHORING_ENABLED' 'false'
$attempts = [int](Get-Setting 'EXTENSION_KEY_ATTEMPTS' '20')
$pause = [int](Get-Setting 'EXTENSION_KEY_PAUSE_SECONDS' '15')
$template = Join-Path $PSScriptRoot '..' 'infra' 'event-subscription.bicep'

Write-Host -NoNewline "Waiting for the key of the blob extension of $app"
for ($attempt = 1; ; $attempt++) {
  # Only whether the key is there is asked for: its value never reaches this process.
  $present = az functionapp keys list --subscription $subscription --resource-group $group --name $app `
    --query "contains(keys(systemKeys), 'blobs_extension')" --output tsv 2>$null
  if ($present -eq 'true') { break }
  if ($attempt -ge $attempts) {
    Stop-WithReason "the app has no key blobs_extension after $attempts looks." @(
      'It appears when the host has loaded a blob trigger with source EventGrid. Usual causes:'
      '- the code is not deployed yet: azd deploy, or az functionapp deployment source config-zip;'
      "- the app does not start: https://$app.azurewebsites.net/api/health, or the log stream in the portal;"
      '- you may not list keys: your role needs Microsoft.Web/sites/host/listkeys/action on the app.'
    )
  }
  Write-Host -NoNewline '.'
  Start-Sleep -Seconds $pause
}
Write-Host ' there.'

# Event Grid calls the app once before it accepts the subscription; an app that scaled to zero may need a second call.
for ($attempt = 1; ; $attempt++) {
  az deployment group create --subscription $subscription --resource-group $group `
    --name language-batch-event-subscription --template-file $template --output none `
    --parameters "functionAppName=$app" "systemTopicId=$topic" "storageAccountId=$storage" `
    "inputContainerName=$inputContainer" "projectsContainerName=$projectsContainer" `
    "deadLetterContainerName=$deadLetterContainer" "authoring=$authoring"
  if ($LASTEXITCODE -eq 0) { break }
  if ($attempt -ge 3) {
    Stop-WithReason "the deployment failed $attempt times; the last message stands above." @(
      "- 'Webhook validation handshake failed': the app did not answer; open its /api/health and look at its logs."
      '  Where inbound calls are limited, the service tag AzureEventGrid must be let in (parameter inboundCidrs does).'
      '- A topic for this storage account exists already: give it as parameter existingSystemTopicId and provision again.'
      '- An authorization error on the dead letters: roles take some minutes to work; wait and run this again.'
    )
  }
  Write-Host "Trying again in $pause seconds ($($attempt + 1) of 3)."
  Start-Sleep -Seconds $pause
}
Write-Host "Event Grid now sends blobs of $inputContainer to $app."
