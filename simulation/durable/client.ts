import { complete } from "../storage/blob-clients.ts";
import type { Gate } from "../storage/storage.ts";
import { type Instance, isAlive, type TaskHub } from "./task-hub.ts";

/** The client of Durable Functions, as far as the app uses it. */
export function durableClient(hub: TaskHub, gate: Gate): object {
  const ask = <T>(name: string, apply: () => T): Promise<T> => gate({ kind: "facts", place: "durable", name }, apply);
  return complete<object>("DurableClient", {
    startNew: (name: string, { instanceId, input }: { instanceId: string; input: unknown }) =>
      gate({ kind: "send", place: "durable", name: instanceId }, () => {
        hub.start(name, instanceId, input);
        return instanceId;
      }),
    getStatus: (id: string) =>
      ask(id, () => {
        const instance = hub.instances.get(id);
        if (instance === undefined) throw new Error("DurableClient error: getStatus: 404");
        return statusOf(instance);
      }),
    getStatusBy: ({ runtimeStatus }: { runtimeStatus: string[] }) =>
      ask("", () => [...hub.instances.values()].filter(({ status }) => runtimeStatus.includes(status)).map(statusOf)),
    terminate: (id: string, reason: string) =>
      gate({ kind: "send", place: "durable", name: id }, () => hub.terminate(id, reason)),
    suspend: (id: string) => gate({ kind: "send", place: "durable", name: id }, () => hub.suspend(id)),
    resume: (id: string) => gate({ kind: "send", place: "durable", name: id }, () => hub.resume(id)),
    purgeInstanceHistoryBy: ({ createdTimeFrom, createdTimeTo }: { createdTimeFrom: Date; createdTimeTo: Date }) =>
      ask("purge", () => {
        for (const [id, instance] of hub.instances) {
          const isOld = instance.createdAt >= createdTimeFrom.getTime() && instance.createdAt < createdTimeTo.getTime();
          if (isOld && !isAlive(instance)) hub.instances.delete(id);
        }
      }),
  });
}

function statusOf({ id, name, status, customStatus, createdAt, updatedAt, input, output }: Instance) {
  return {
    instanceId: id,
    name,
    runtimeStatus: status,
    customStatus: customStatus ?? null,
    createdTime: new Date(createdAt),
    lastUpdatedTime: new Date(updatedAt),
    input,
    output: output ?? null,
  };
}
