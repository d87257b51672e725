import type { ScenarioDefinition } from "language-emulator";
import type { StorageOperation } from "../storage/storage.ts";

/** Which effects of a process a fault is about; what is left out does not matter. */
interface EffectFilter {
  kinds?: readonly StorageOperation["kind"][];
  /** Part of `place/name`. */
  about?: string;
}

/** When a process dies, seen from an effect of it. */
type Moment = "before" | "after";

/**
 * One thing that goes wrong. `at`: milliseconds after the beginning; what is about a single effect, message or call takes
 * the first that fits from then on.
 */
export type Fault = {
  at: number;
} /** The next so many tries of fitting storage operations fail: without effect, or with it. More than three reach the app. */ & (
  | { kind: "storage"; moment: Moment; tries: number; filter: EffectFilter }
  /** Nothing of storage answers. */
  | { kind: "storageOutage"; seconds: number }
  /** One operation takes very long. */
  | { kind: "slowStorage"; seconds: number; filter: EffectFilter }
  /** The process dies with a fitting effect of its own. */
  | { kind: "crash"; moment: Moment; filter: EffectFilter }
  /** Both processes die. */
  | { kind: "blackout" }
  /** A process stands still. */
  | { kind: "stall"; process: number; seconds: number }
  | { kind: "activityTwice"; afterSeconds: number }
  | { kind: "activityLate"; seconds: number }
  | { kind: "completionLost" }
  | { kind: "completionLate"; seconds: number }
  | { kind: "startTwice" }
  | { kind: "startLate"; seconds: number }
  | { kind: "timerLost" }
  | { kind: "timerEarly"; milliseconds: number }
  | { kind: "timerLate"; seconds: number }
  | { kind: "eventLost" }
  | { kind: "eventTwice"; afterSeconds: number }
  | { kind: "eventLate"; seconds: number }
  | { kind: "sweepSkipped"; times: number }
  | { kind: "sweepTwice" }
  /** Somebody ends the orchestrations of all lanes. */
  | { kind: "lanesEnded" }
  /** A call to the service: never sent, lost on the way there, lost on the way back, or answered after so long. */
  | { kind: "callRefused"; calls: number }
  | { kind: "callLost"; calls: number; operation: "submit" | "status" }
  | { kind: "answerLost"; calls: number; operation: "submit" | "status" }
  | { kind: "slowCall"; seconds: number; operation: "submit" | "status" }
  /** Rules of the emulator of the service are in force. */
  | { kind: "scenario"; name: string; seconds: number; rules: ScenarioDefinition["rules"] }
  /** The service takes another key. */
  | { kind: "keyRotated"; seconds: number }
  /** Settings are changed, and put right again after a while; each time all processes start anew. */
  | {
      kind: "settings";
      name: string;
      seconds: number;
      env?: Record<string, string>;
      pipeline?: Record<string, unknown>;
    }
  /** A pipeline is taken out of pipelines.json, and put back. */
  | { kind: "pipelineRemoved"; seconds: number }
  /** Somebody holds a lease on a record. */
  | { kind: "recordHeld"; seconds: number; container: "results" | "failed" }
  /** Somebody deletes the stored texts of a batch. */
  | { kind: "textsDeleted" }
  /** One of several Language resources takes nothing, by rules of the emulator or because it cannot be reached. */
  | {
      kind: "resource";
      endpoint: string;
      name: string;
      rules?: ScenarioDefinition["rules"];
      seconds: number;
      /** It lasts to the very end, long after all other faults. */
      forGood?: true;
    }
  /** Somebody else writes into a queue. */
  | { kind: "foreignMessage" }
);

/** Something that somebody does to the input, or asks of the app. */
export type Action = { at: number } & (
  | { kind: "drop"; name: string; text: string }
  | { kind: "delete"; name: string }
  | { kind: "redrive" }
  | { kind: "backfill" }
  | { kind: "askStatus"; name: string | undefined }
  /** Somebody stops a pipeline, or lets it go on. */
  | { kind: "stop"; pipeline: string; mode: "pause" | "drain" }
  | { kind: "resume"; pipeline: string }
  /** A project file is dropped, or changed. */
  | { kind: "project" }
);

/** All that decides a run. */
export interface Plan {
  seed: number;
  /** Milliseconds since 1970. */
  start: number;
  /** Actions and faults begin within so many milliseconds. */
  activeMs: number;
  skewsMs: readonly [number, number];
  storageSkewMs: number;
  env: Readonly<Record<string, string>>;
  pipelines: readonly Record<string, unknown>[];
  jobSeconds: { from: number; to: number };
  rateLimits: readonly { requests: number; seconds: number }[];
  /** Whether sending and polling share the limits; default together. */
  rateCounting?: "together" | "apart";
  /** Language resources beside the two that there always are. */
  endpoints?: readonly string[];
  actions: readonly Action[];
  faults: readonly Fault[];
}
