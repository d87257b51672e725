import type { ViolationCode } from "./contract.ts";
import { EventType, eventAt, type HistoryEvent } from "./history.ts";
import type { Attempt, Message, OpenTask, OrchestrationState } from "./state.ts";

/**
 * One episode of an orchestration on the way from its events to its next state. It works on copies: until the episode
 * is committed, whoever saves or reads the instance sees it as it was before.
 */
export interface Draft {
  readonly instanceId: string;
  /** The time of the episode, which the orchestrator sees as `currentUtcDateTime`; milliseconds since 1970. */
  readonly now: number;
  readonly state: OrchestrationState;
  /** How many events of the history were there before the episode. */
  readonly played: number;
  /** Events about what was scheduled or created in the episode, in the order of their ids. */
  readonly created: HistoryEvent[];
  /** Messages that go out with the episode. */
  readonly outgoing: Message[];
  /** Events of the episode that the next execution is to see instead. */
  readonly returned: HistoryEvent[];
  readonly violations: { code: ViolationCode; message: string }[];
}

/** Begins an episode at `now` on a copy of `state`. */
export function beginDraft(instanceId: string, state: OrchestrationState, now: number): Draft {
  const copy = {
    ...state,
    history: [...state.history],
    scheduled: [...state.scheduled],
    repeats: [...state.repeats],
    open: { ...state.open },
  };
  copy.history.push(eventAt(now, { EventType: EventType.OrchestratorStarted }));
  return {
    instanceId,
    now,
    state: copy,
    played: state.history.length,
    created: [],
    outgoing: [],
    returned: [],
    violations: [],
  };
}

/** Takes the next task id, as the library does in the same moment of its replay, and opens the task. */
export function openNext(draft: Draft, task: OpenTask): number {
  const id = draft.state.nextId++;
  draft.state.open[id] = task;
  return id;
}

/** Opens an activity; `input` is what the action passed. */
export function openActivity(draft: Draft, name: string, input: string, attempt?: Attempt): number {
  const id = openNext(draft, { type: "activity", name, ...(attempt && { attempt }) });
  draft.created.push(eventAt(draft.now, { EventType: EventType.TaskScheduled, Name: name, Input: input }, id));
  return id;
}

/** Opens a timer that fires at `fireAt`. */
export function openTimer(draft: Draft, task: OpenTask & { fireAt: number }): number {
  const id = openNext(draft, task);
  const FireAt = new Date(task.fireAt).toISOString();
  draft.created.push(eventAt(draft.now, { EventType: EventType.TimerCreated, FireAt }, id));
  return id;
}

/** A sub-orchestration to be started; `input` is a JSON text. */
export interface ChildCall {
  name: string;
  version?: string;
  /** Absent: the id is made from the parent's execution and the task. */
  instanceId?: string;
  input: string | null;
}

/** Opens a sub-orchestration and lets its start go out. */
export function openChild(draft: Draft, call: ChildCall, attempt?: Attempt): number {
  const { name, version, input } = call;
  const { nextId: taskId, executionId } = draft.state;
  const to = call.instanceId ?? `${executionId}:${taskId}`;
  openNext(draft, { type: "child", name, instanceId: to, ...(attempt && { attempt }) });
  const versioned = version === undefined ? {} : { Version: version };
  draft.created.push(
    eventAt(
      draft.now,
      { EventType: EventType.SubOrchestrationInstanceCreated, Name: name, ...versioned, InstanceId: to, Input: input },
      taskId,
    ),
  );
  const parent = { instanceId: draft.instanceId, executionId, taskId };
  const origin = `${executionId}:${taskId}`;
  draft.outgoing.push({ type: "start", to, origin, name, ...(version !== undefined && { version }), input, parent });
  return taskId;
}
