import { BASE_ENV } from "../engine/loaded-app.ts";
import type { Action, Fault } from "../plan/fault.ts";
import { PROJECT, projectFile, uploadTraining } from "./project-files.ts";
import { Stops } from "./stops.ts";
import type { Triggers } from "./triggers.ts";
import type { World } from "./world.ts";

/** What somebody did to a document, for whoever judges the run. */
export interface DocumentVersion {
  name: string;
  text: string;
  etag: string;
  at: number;
  /** When it was replaced or deleted; undefined: it is the current one. */
  until: number | undefined;
}

/** Documents that are asked about at the end. */
const MOST_ASKED = 4;

/** Makes the actions and the timed faults of a plan happen. */
export class Happenings {
  readonly versions: DocumentVersion[] = [];
  /** When failures were redriven, and documents asked for again. */
  readonly redrives: number[] = [];
  readonly backfills: number[] = [];
  /** Jobs whose unreadable answers were given up by an operator. */
  readonly released: string[] = [];
  readonly answers: { at: number; answeredAt: number; kind: string; name: string | undefined; answer: unknown }[] = [];
  readonly stops: Stops;
  /** Versions of the project file. */
  projectFiles = 0;
  /** What is answered once all is over. */
  readonly atEnd: { pipelines: unknown; documents: Map<string, unknown> } = {
    pipelines: undefined,
    documents: new Map(),
  };
  /** Ends what lasts, at the end of the faults. */
  readonly #ends: (() => void)[] = [];
  /** Settings that are other than those of the plan. */
  readonly #changes = new Set<Extract<Fault, { kind: "settings" | "pipelineRemoved" }>>();
  readonly #world: World;
  readonly #triggers: Triggers;

  constructor(world: World, triggers: Triggers) {
    this.#world = world;
    this.#triggers = triggers;
    this.stops = new Stops(world, triggers);
  }

  async start(): Promise<void> {
    const { plan, scheduler, storage } = this.#world;
    if (plan.actions.some(({ kind }) => kind === "project")) await uploadTraining(this.#world);
    storage.createContainer("documents");
    this.#world.onBlob = (container, name) => {
      if (container === "documents") this.#triggers.event("intake", { container, name });
      if (container === "projects" && /^[^/]+\/project\.json$/.test(name))
        this.#triggers.event("projectIntake", { container, name });
    };
    for (const action of plan.actions) scheduler.after(action.at, () => this.#act(action));
    for (const fault of plan.faults) {
      const begin = this.#timed(fault);
      if (begin === undefined) continue;
      scheduler.after(fault.at, () => {
        this.#world.faults.count(fault.kind);
        this.#world.note(`${fault.kind} ${describe(fault)}`);
        begin();
      });
    }
  }

  /** Faults end, and everything is as it should be. */
  heal(): void {
    this.#world.faults.isOver = true;
    for (const end of this.#ends.splice(0)) end();
    this.#world.note("all is well from here on");
  }

  /** Deletes the blobs that tell of answers nobody can read, as their hint says. */
  releaseUnusable(): void {
    const work = this.#world.storage.containers.get("language-batch-work");
    for (const { name, body } of work?.list("batches/") ?? []) {
      if (!name.includes("/unusable/")) continue;
      this.released.push((JSON.parse(body.toString("utf8")) as { jobId?: string }).jobId ?? "");
      work?.delete(name);
      this.#world.note(`somebody deletes ${name}`);
    }
  }

  /** Asks how everything stands. */
  askAtEnd(): void {
    this.#triggers.request("pipelines", {}, (answer) => {
      this.atEnd.pipelines = answer;
    });
    const names = [...new Set(this.versions.map(({ name }) => name))];
    for (const name of names.slice(-MOST_ASKED)) {
      this.#triggers.request("documents", { params: { name } }, (answer) => this.atEnd.documents.set(name, answer));
    }
  }

  #act(action: Action): void {
    const { storage, scheduler } = this.#world;
    const input = storage.createContainer("documents");
    switch (action.kind) {
      case "drop": {
        this.#endVersion(action.name);
        this.#world.note(`somebody drops ${action.name} (${action.text.length} characters)`);
        const { etag } = input.put(action.name, Buffer.from(action.text), { contentType: "text/plain" });
        const { name, text } = action;
        this.versions.push({ name, text, etag, at: scheduler.now, until: undefined });
        return;
      }
      case "delete":
        if (!input.blobs.has(action.name)) return;
        this.#endVersion(action.name);
        input.delete(action.name);
        this.#world.note(`somebody deletes ${action.name}`);
        return;
      case "redrive":
        this.redrives.push(scheduler.now);
        this.#world.note("somebody asks for a redrive");
        this.#ask("redrive", undefined);
        return;
      case "backfill":
        this.backfills.push(scheduler.now);
        this.#world.note("somebody asks for a backfill");
        this.#ask("backfill", undefined);
        return;
      case "askStatus":
        action.name === undefined ? this.#ask("pipelines", undefined) : this.#ask("documents", action.name);
        return;
      case "stop":
      case "resume":
        this.stops.act(action);
        return;
      case "project":
        this.projectFiles++;
        this.#world.note("somebody drops a project file");
        storage.containers.get("projects")?.put(`${PROJECT}/project.json`, Buffer.from(projectFile(this.projectFiles)));
        return;
    }
  }

  #ask(kind: string, name: string | undefined): void {
    const at = this.#world.scheduler.now;
    const params = name === undefined ? {} : { name };
    this.#triggers.request(kind, { params }, (answer) =>
      this.answers.push({ at, answeredAt: this.#world.scheduler.now, kind, name, answer }),
    );
  }

  #endVersion(name: string): void {
    for (const version of this.versions) {
      if (version.name === name) version.until ??= this.#world.scheduler.now;
    }
  }

  /** Lets all processes start anew, with all that is changed at this moment. */
  #configure(why: string): void {
    const { plan } = this.#world;
    let env: Readonly<Record<string, string>> = { ...BASE_ENV, ...plan.env };
    let { pipelines } = plan;
    for (const change of this.#changes) {
      if (change.kind === "settings") {
        env = { ...env, ...change.env };
        pipelines = pipelines.map((each) => (each.name === "tickets" ? { ...each, ...change.pipeline } : each));
      } else pipelines = pipelines.filter(({ name }) => name !== "tickets");
    }
    Object.assign(this.#world, { env, pipelines });
    this.#world.restartAll(why);
  }

  /** What begins a fault at its time; undefined for those that wait for something that fits. */
  #timed(fault: Fault): (() => void) | undefined {
    const world = this.#world;
    const { storage, scheduler, language, hub } = world;
    const lasts = (seconds: number, end: () => void): void => {
      let isOver = false;
      const once = (): void => {
        if (!isOver) end();
        isOver = true;
      };
      this.#ends.push(once);
      scheduler.after(seconds * 1000, once);
    };
    switch (fault.kind) {
      case "blackout":
        return () => world.restartAll("in a blackout");
      case "stall":
        return () => {
          const process = world.processes[fault.process];
          if (process !== undefined) process.frozenUntil = scheduler.now + fault.seconds * 1000;
        };
      case "lanesEnded":
        return () => {
          for (const { id, name } of [...hub.instances.values()])
            if (name === "lane") hub.terminate(id, "somebody ends it");
        };
      case "scenario":
        return () => lasts(fault.seconds, language.addRules(fault.name, fault.rules));
      case "keyRotated":
        return () => {
          language.rotateKey(true);
          lasts(fault.seconds, () => language.rotateKey(false));
        };
      case "settings":
      case "pipelineRemoved":
        return () => {
          this.#changes.add(fault);
          this.#configure("for other settings");
          lasts(fault.seconds, () => {
            this.#changes.delete(fault);
            this.#configure("for the settings as they were");
          });
        };
      case "resource":
        return () => {
          const end = language.trouble(fault.endpoint, fault.rules);
          if (!fault.forGood) lasts(fault.seconds, end);
        };
      case "recordHeld":
        return () => {
          const container = storage.containers.get(fault.container);
          const record = container?.list("").find(({ lease }) => lease === undefined);
          if (container === undefined || record === undefined) return;
          container.acquireLease(record.name, "somebody", -1);
          lasts(fault.seconds, () => {
            if (container.blobs.has(record.name)) container.releaseLease(record.name, "somebody");
          });
        };
      case "textsDeleted":
        return () => {
          const work = storage.containers.get("language-batch-work");
          for (const { name, lease } of work?.list("batches/") ?? []) {
            if (name.includes("/requests/") && lease === undefined) work?.delete(name);
          }
        };
      case "foreignMessage":
        return () => void [...storage.queues.values()][0]?.send("bm9uZSBvZiBvdXJz", 0);
      default:
        return undefined;
    }
  }
}

function describe({ at: _at, kind: _kind, ...rest }: Fault): string {
  return JSON.stringify(rest);
}
