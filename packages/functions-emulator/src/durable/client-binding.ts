/** The key that the webhook addresses carry. Nothing checks it: the host listens on this machine only. */
const code = "local";

/**
 * The addresses under which an instance is managed; `id` is the instance id, or a text that clients put it in place of.
 *
 * @param baseUrl the webhook address, without a slash at its end.
 */
export function managementUrls(baseUrl: string, id: string, taskHub: string): Record<string, string> {
  const instance = `${baseUrl}/instances/${id}`;
  const query = `taskHub=${encodeURIComponent(taskHub)}&connection=Storage&code=${code}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** The JSON text that a `durableClient` input binding receives (`BindingHelper.cs` of the extension). */
export function clientBinding(taskHub: string, baseUrl: string, rpcBaseUrl: string | undefined): string {
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: taskHub,
    connectionName: "Storage",
    creationUrls: {
      createNewInstancePostUri: `${create}?code=${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${code}`,
    },
    managementUrls: managementUrls(baseUrl, "INSTANCEID", taskHub),
    baseUrl,
    requiredQueryStringParameters: `code=${code}`,
    ...(rpcBaseUrl !== undefined && { rpcBaseUrl }),
  });
}
