import type { Action } from "../plan/fault.ts";
import type { Triggers } from "./triggers.ts";
import type { World } from "./world.ts";

type StopAction = Extract<Action, { kind: "stop" | "resume" }>;

/** A while in which a pipeline was stopped for sure: from the answer to who stopped it until somebody asked for something else. */
export interface Stop {
  pipeline: string;
  mode: "pause" | "drain";
  from: number;
  until: number | undefined;
}

const MINUTE = 60_000;
/** Whoever wants a pipeline to go on asks again after this, milliseconds. */
const AGAIN_MS = 5_000;
/** What a stopped pipeline has in hand comes to an end within this, once all is well. */
const LONGEST_MS = 180 * MINUTE;
/** So long it stays stopped after that, to see that it does; within it the sweep restarts a lane that was lost. */
const STAYS_MS = 6 * MINUTE;

/** Somebody who stops pipelines and lets them go on. */
export class Stops {
  readonly sure: Stop[] = [];
  /** What was seen of the pipelines that were still stopped when all was well. */
  readonly atRest: { pipeline: string; mode: "pause" | "drain"; inHand: string[]; answer: unknown }[] = [];
  /** Pipelines that may be stopped, each with the mode asked for last. */
  readonly #asked = new Map<string, "pause" | "drain">();
  /** How many requests there were about a pipeline, and how many of them have no answer yet. */
  readonly #requests = new Map<string, { sent: number; unanswered: number }>();
  readonly #world: World;
  readonly #triggers: Triggers;

  constructor(world: World, triggers: Triggers) {
    this.#world = world;
    this.#triggers = triggers;
  }

  act(action: StopAction): void {
    if (action.kind === "stop") this.#stop(action);
    else this.#resume(action.pipeline, () => {});
  }

  /**
   * Once all is well: what stopped pipelines have in hand ends, they stay stopped, and then they go on.
   * @param look called now and then meanwhile
   */
  async settle(look: () => void): Promise<void> {
    const { scheduler } = this.#world;
    if (this.#asked.size === 0) return;
    for (const [pipeline, mode] of [...this.#asked]) {
      if (this.#isSure(pipeline)) continue;
      // Nobody learned whether it is stopped: asked again, it surely is.
      this.#stop({ pipeline, mode }, AGAIN_MS);
    }
    const isStill = (): boolean =>
      [...this.#asked].every(([pipeline]) => this.#isSure(pipeline) && this.#inHand(pipeline).length === 0);
    for (const end = scheduler.now + LONGEST_MS; scheduler.now < end && !isStill(); look())
      await scheduler.run(scheduler.now + 5 * MINUTE, isStill);
    const stopped = [...this.#asked];
    await scheduler.run(scheduler.now + STAYS_MS, () => false);
    for (const [pipeline, mode] of stopped) {
      const seen = { pipeline, mode, inHand: this.#inHand(pipeline), answer: undefined as unknown };
      this.atRest.push(seen);
      this.#triggers.request("pipelines", {}, (answer) => {
        seen.answer = answer;
      });
    }
    await scheduler.run(scheduler.now + MINUTE, () => this.#triggers.pending === 0);
    for (const [pipeline] of stopped) this.#resume(pipeline, () => this.#resumeAgain(pipeline));
    await scheduler.run(scheduler.now + 30 * MINUTE, () => this.#asked.size === 0);
  }

  /** What a stopped pipeline still has to do: its batches when it is drained, the jobs that the service has when it is paused. */
  #inHand(pipeline: string): string[] {
    const work = this.#world.storage.containers.get("language-batch-work");
    const isPaused = this.#asked.get(pipeline) === "pause";
    return (work?.list(`lanes/${pipeline}/`) ?? []).flatMap(({ name, body }) => {
      const { batch } = JSON.parse(body.toString("utf8")) as { batch?: { id: string } };
      if (batch === undefined) return [];
      if (!isPaused) return [`${name} has a batch`];
      const progress = work?.blobs.get(`batches/${batch.id}/progress.json`)?.body.toString("utf8") ?? "{}";
      const { jobs = [] } = JSON.parse(progress) as { jobs?: { id: string; state: string }[] };
      return jobs.filter(({ state }) => state === "open").map(({ id }) => `${name} has the job ${id} open`);
    });
  }

  #isSure(pipeline: string): boolean {
    return this.sure.some((stop) => stop.pipeline === pipeline && stop.until === undefined);
  }

  #stop({ pipeline, mode }: { pipeline: string; mode: "pause" | "drain" }, againMs?: number): void {
    const { scheduler } = this.#world;
    this.#world.note(`somebody asks to ${mode} ${pipeline}`);
    this.#endSure(pipeline, mode);
    this.#asked.set(pipeline, mode);
    this.#post(mode === "pause" ? "pipelinePause" : "pipelineDrain", pipeline, (isDone) => {
      if (isDone && this.#asked.get(pipeline) === mode) {
        if (!this.#isSure(pipeline)) this.sure.push({ pipeline, mode, from: scheduler.now, until: undefined });
      } else if (againMs !== undefined) scheduler.after(againMs, () => this.#stop({ pipeline, mode }, againMs));
    });
  }

  #resume(pipeline: string, failed: () => void): void {
    this.#world.note(`somebody asks to let ${pipeline} go on`);
    this.#endSure(pipeline);
    this.#post("pipelineResume", pipeline, (isDone) => {
      if (isDone) this.#asked.delete(pipeline);
      else failed();
    });
  }

  #resumeAgain(pipeline: string): void {
    this.#world.scheduler.after(AGAIN_MS, () => this.#resume(pipeline, () => this.#resumeAgain(pipeline)));
  }

  /** @param mode asked for again, it goes on as it is */
  #endSure(pipeline: string, mode?: "pause" | "drain"): void {
    for (const stop of this.sure) {
      if (stop.pipeline === pipeline && stop.mode !== mode) stop.until ??= this.#world.scheduler.now;
    }
  }

  /** @param done told true where it was done, and no other request can still undo it or has done so */
  #post(functionName: string, pipeline: string, done: (isDone: boolean) => void): void {
    const body = JSON.stringify({ reason: "It is looked at", by: "somebody" });
    const requests = this.#requests.get(pipeline) ?? { sent: 0, unanswered: 0 };
    this.#requests.set(pipeline, requests);
    const isAlone = requests.unanswered === 0;
    const number = ++requests.sent;
    requests.unanswered++;
    this.#triggers.request(functionName, { params: { name: pipeline }, body }, (answer) => {
      const { status = 200 } = answer ?? {};
      requests.unanswered--;
      // Of two that were under way at once, either may have taken effect last.
      done(answer !== undefined && status === 200 && isAlone && number === requests.sent);
    });
  }
}
