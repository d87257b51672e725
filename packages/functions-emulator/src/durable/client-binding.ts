/** Where the management API belongs to, as its addresses tell. */
export interface WebhookTarget {
  taskHub: string;
  /** The key that the addresses carry. */
  webhookKey: string;
}

/**
 * The addresses under which an instance is managed; `id` is the instance id, or a text that clients put it in place of.
 *
 * @param baseUrl the webhook address, without a slash at its end.
 */
export function managementUrls(
  baseUrl: string,
  id: string,
  { taskHub, webhookKey }: WebhookTarget,
): Record<string, string> {
  const instance = `${baseUrl}/instances/${id}`;
  const query = `taskHub=${encodeURIComponent(taskHub)}&connection=Storage&code=${encodeURIComponent(webhookKey)}`;
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
export function clientBinding(target: WebhookTarget, baseUrl: string, rpcBaseUrl: string | undefined): string {
  const code = encodeURIComponent(target.webhookKey);
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: target.taskHub,
    connectionName: "Storage",
    creationUrls: {
      createNewInstancePostUri: `${create}?code=${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${code}`,
    },
    managementUrls: managementUrls(baseUrl, "INSTANCEID", target),
    baseUrl,
    requiredQueryStringParameters: `code=${code}`,
    ...(rpcBaseUrl !== undefined && { rpcBaseUrl }),
  });
}
