#!/bin/sh
# Second phase of a deployment, after the code: waits until the function app has its Event Grid key, then deploys
# infra/event-subscription.bicep. azd runs it after each deploy; by hand it takes the same environment variables.
# It can be run again at any time.
set -eu

fail() {
  printf '\nThe event subscription was not created: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

need() {
  [ -n "$2" ] || fail "$1 is not set." \
    "azd sets it from the outputs of infra/main.bicep; by hand, export it before you run this script." \
    "Seen at the end of a deployment: az deployment sub show --name <deployment> --query properties.outputs"
}

command -v az >/dev/null 2>&1 || fail "the Azure CLI (az) is not on the PATH." \
  "Install it: https://learn.microsoft.com/cli/azure/install-azure-cli"
az account show --output none 2>/dev/null || fail "az is not signed in." \
  "Run az login (azd and az keep separate sign-ins), then azd hooks run postdeploy."

group=${AZURE_RESOURCE_GROUP:-}
app=${AZURE_FUNCTION_APP_NAME:-}
topic=${EVENTGRID_SYSTEM_TOPIC_ID:-}
storage=${AZURE_STORAGE_ACCOUNT_ID:-}
need AZURE_RESOURCE_GROUP "$group"
need AZURE_FUNCTION_APP_NAME "$app"
need EVENTGRID_SYSTEM_TOPIC_ID "$topic"
need AZURE_STORAGE_ACCOUNT_ID "$storage"
subscription=${AZURE_SUBSCRIPTION_ID:-$(az account show --query id --output tsv)}
attempts=${EXTENSION_KEY_ATTEMPTS:-20}
pause=${EXTENSION_KEY_PAUSE_SECONDS:-15}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

printf 'Waiting for the key of the blob extension of %s' "$app"
attempt=1
while :; do
  # Only whether the key is there is asked for: its value never reaches this process.
  present=$(az functionapp keys list --subscription "$subscription" --resource-group "$group" --name "$app" \
    --query "contains(keys(systemKeys), 'blobs_extension')" --output tsv 2>/dev/null || true)
  [ "$present" != true ] || break
  [ "$attempt" -lt "$attempts" ] || fail "the app has no key blobs_extension after $attempts looks." \
    "It appears when the host has loaded a blob trigger with source EventGrid. Usual causes:" \
    "- the code is not deployed yet: azd deploy, or az functionapp deployment source config-zip;" \
    "- the app does not start: https://$app.azurewebsites.net/api/health, or the log stream in the portal;" \
    "- you may not list keys: your role needs Microsoft.Web/sites/host/listkeys/action on the app."
  attempt=$((attempt + 1))
  printf '.'
  sleep "$pause"
done
printf ' there.\n'

# Event Grid calls the app once before it accepts the subscription; an app that scaled to zero may need a second call.
attempt=1
until az deployment group create --subscription "$subscription" --resource-group "$group" \
  --name language-batch-event-subscription --template-file "$root/infra/event-subscription.bicep" --output none \
  --parameters functionAppName="$app" systemTopicId="$topic" storageAccountId="$storage" \
  inputContainerName="${INPUT_CONTAINER_NAME:-documents}" \
  projectsContainerName="${PROJECTS_CONTAINER_NAME:-projects}" \
  deadLetterContainerName="${DEADLETTER_CONTAINER_NAME:-deadletter}" \
  authoring="${AUTHORING_ENABLED:-false}"; do
  [ "$attempt" -lt 3 ] || fail "the deployment failed $attempt times; the last message stands above." \
    "- 'Webhook validation handshake failed': the app did not answer; open its /api/health and look at its logs." \
    "  Where inbound calls are limited, the service tag AzureEventGrid must be let in (parameter inboundCidrs does)." \
    "- A topic for this storage account exists already: give it as parameter existingSystemTopicId and provision again." \
    "- An authorization error on the dead letters: roles take some minutes to work; wait and run this again."
  attempt=$((attempt + 1))
  printf 'Trying again in %s seconds (%s of 3).\n' "$pause" "$attempt"
  sleep "$pause"
done
printf 'Event Grid now sends blobs of %s to %s.\n' "${INPUT_CONTAINER_NAME:-documents}" "$app"
