import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Asked,
  deploymentBody,
  errorAnswer,
  type Job,
  modelBody,
  type Project,
  previewStateOf,
  type Refusal,
  type Reply,
  stateOf,
  swap,
} from "./authoring-replies.ts";

const CURRENT = "/language/authoring/analyze-text/projects";
const PREVIEW = "/language/text/authoring/v1.0-preview.2/projects";

/**
 * A small authoring service for tests of those who use it: keeps projects, models and deployments, lets jobs take a few
 * looks, and refuses or drops what a test wants refused or dropped. It checks nothing else.
 */
export class AuthoringService {
  readonly asked: Asked[] = [];
  readonly projects = new Map<string, Project>();
  /** Looks that each job takes. */
  looks = 2;
  scores = { macroF1: 0.9, microF1: 0.9, classes: { a: { f1: 0.95, precision: 1, recall: 0.9 } } };
  /** Answers in place of the service. */
  refuse: (asked: Asked) => Refusal | undefined = () => undefined;
  /** True: the service does it, and its answer is lost. */
  loseAnswer: (asked: Asked) => boolean = () => false;
  /** Makes a job fail. */
  failJob: (kind: string) => Refusal | undefined = () => undefined;
  /** True: a training whose address was lost ends by itself. */
  finishTrainings = false;
  /** Called when a job's effect has come. */
  onEffect: (kind: string) => void = () => undefined;
  readonly #jobs = new Map<string, Job>();
  #trained = 0;
  endpoint = "";
  #close: () => void = () => undefined;

  static async start(): Promise<AuthoringService> {
    const service = new AuthoringService();
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const url = new URL(incoming.url ?? "", "http://localhost");
        const wire = url.pathname.startsWith(PREVIEW) ? PREVIEW : CURRENT;
        const text = Buffer.concat(chunks).toString("utf8");
        const body = text === "" ? {} : JSON.parse(text);
        const path = url.pathname.slice(wire.length);
        service.#receive({ method: incoming.method ?? "", path, query: url.searchParams, body }, wire, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    service.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    service.#close = () => {
      server.close();
      server.closeAllConnections();
    };
    return service;
  }

  stop(): void {
    this.#close();
  }

  /** Requests of this form, for example `POST /p/:train`. */
  count(form: string): number {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === form).length;
  }

  /** What a deployment serves, by the label of its model. */
  served(project: string, deployment: string): string | undefined {
    const found = this.projects.get(project);
    const serving = found?.deployments.get(deployment);
    return [...(found?.models ?? [])].find(([, model]) => model.trainedAt === serving?.trainedAt)?.[0];
  }

  #receive(asked: Asked, wire: string, response: ServerResponse): void {
    this.asked.push(asked);
    const refusal = this.refuse(asked);
    const answer = refusal === undefined ? this.#answer(asked, wire) : errorAnswer(refusal);
    if (this.loseAnswer(asked)) {
      // Nobody can look at a job whose address was lost; it goes on by itself.
      const job = [...this.#jobs.values()].at(-1);
      if (answer.status === 202 && job !== undefined && (job.kind !== "train" || this.finishTrainings))
        this.#finish(job);
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }

  #answer(asked: Asked, wire: string): Reply {
    const [, name = "", ...rest] = asked.path.split("/");
    const at = `${asked.method} ${rest.map((part, n) => (n % 2 === 1 && !part.startsWith(":") ? "*" : part)).join("/")}`;
    const project = this.projects.get(name);
    const started = (job: Job): Reply => {
      this.#jobs.set(job.id, job);
      const location = `${this.endpoint}${wire}/${name}/jobs/${job.id}?api-version=x`;
      return { status: 202, headers: wire === PREVIEW ? { location } : { "operation-location": location } };
    };
    if (rest.includes("jobs") && asked.method === "GET" && rest.at(-1) !== "jobs")
      return this.#look(rest.at(-1) ?? "", wire);
    if (wire === PREVIEW && asked.method === "POST" && name === "") {
      const created = String(asked.body.name);
      if (this.projects.has(created)) return errorAnswer({ status: 409, code: "ProjectAlreadyExists" });
      this.#create(created, { ...asked.body });
      return { status: 201 };
    }
    if (asked.path === "")
      return { status: 200, body: { value: [...this.projects.values()].map(({ metadata }) => metadata) } };
    if (at === "PATCH ") return { status: 201, body: this.#create(name, asked.body).metadata };
    if (at === "POST :import") {
      const { metadata, assets } = asked.body as { metadata: Record<string, unknown>; assets: unknown };
      return started(
        this.#job("import", () => {
          this.#create(name, metadata).assets = assets;
          return undefined;
        }),
      );
    }
    if (project === undefined) return errorAnswer({ status: 404, code: "ProjectNotFound" });
    if (asked.path.endsWith(":cancel")) return started(this.#job("cancel", () => undefined));
    const label = rest[1] ?? "";
    switch (at) {
      case "GET ":
        return { status: 200, body: project.metadata };
      case "DELETE ":
        return started(this.#job("deleteProject", () => void this.projects.delete(name)));
      case "POST :train":
      case "POST train":
        return this.#train(project, asked.body, started);
      case "GET train/*":
        return { status: 200, body: { value: project.trainings.map((job) => stateOf(job)) } };
      case "GET models":
        return { status: 200, body: { value: [...project.models].map(([each, model]) => modelBody(each, model)) } };
      case "GET models/*": {
        const model = project.models.get(label);
        return model === undefined
          ? errorAnswer({ status: 404, code: "NotFound" })
          : { status: 200, body: modelBody(label, model) };
      }
      case "DELETE models/*":
        project.models.delete(label);
        return { status: 204 };
      case "GET models/*/evaluation/*":
        return this.#evaluation(project, label, "customSingleLabelClassificationEvaluation");
      case "GET evaluation":
        return this.#evaluation(project, asked.query.get("trainingModelName") ?? "", "multiClassificationEvaluation");
      case "GET deployments":
        return {
          status: 200,
          body: { value: [...project.deployments].map(([each, one]) => deploymentBody(each, one)) },
        };
      case "PUT deployments/*":
        return started(
          this.#job("deploy", () => {
            const model = project.models.get(String(asked.body.trainedModelLabel));
            if (model === undefined) return { status: 400, code: "ModelNotFound" };
            project.deployments.set(label, model);
            return undefined;
          }),
        );
      case "POST deployments/:swap":
        return started(this.#job("swap", () => swap(project, asked.body)));
      case "DELETE deployments/*":
        if (!project.deployments.has(label)) return errorAnswer({ status: 404, code: "NotFound" });
        return started(this.#job("deleteDeployment", () => void project.deployments.delete(label)));
      case "POST publish": {
        const [task] = asked.body.tasks as { trainingModelName: string }[];
        const model = project.models.get(task?.trainingModelName ?? "");
        if (model === undefined) return errorAnswer({ status: 404, code: "ModelNotFound" });
        return started(this.#job("publish", () => void project.deployments.set("latest", model)));
      }
      default:
        return errorAnswer({ status: 404, code: "NotFound", message: at });
    }
  }

  #create(name: string, metadata: Record<string, unknown>): Project {
    const existing = this.projects.get(name);
    const project = existing ?? { metadata, trainings: [], models: new Map(), deployments: new Map() };
    project.metadata = { ...project.metadata, ...metadata };
    this.projects.set(name, project);
    return project;
  }

  #train(project: Project, body: Record<string, unknown>, started: (job: Job) => Reply): Reply {
    if (project.trainings.some(({ over }) => !over)) return errorAnswer({ status: 409, code: "Conflict" });
    const [task] = (body.tasks ?? []) as { trainingModelName: string }[];
    const label = String(body.modelLabel ?? task?.trainingModelName);
    const job = this.#job("train", () => {
      this.#trained++;
      project.models.set(label, { modelId: `id-${label}`, trainedAt: new Date(this.#trained * 1000).toISOString() });
      return undefined;
    });
    job.label = label;
    project.trainings.push(job);
    return started(job);
  }

  #job(kind: string, effect: () => Refusal | undefined): Job {
    const run = () => {
      const failure = effect();
      if (failure === undefined) this.onEffect(kind);
      return failure;
    };
    const id = `${randomUUID()}_638000000000000000`;
    return { id, kind, looks: this.looks, effect: run, failure: this.failJob(kind), over: false };
  }

  #look(id: string, wire: string): Reply {
    const job = this.#jobs.get(id);
    if (job === undefined) return errorAnswer({ status: 404, code: "NotFound" });
    job.looks--;
    if (job.looks <= 0 && !job.over) this.#finish(job);
    return { status: 200, body: wire === PREVIEW ? previewStateOf(job) : stateOf(job) };
  }

  #finish(job: Job): void {
    job.over = true;
    job.failure ??= job.effect();
  }

  #evaluation(project: Project, label: string, field: string): Reply {
    if (!project.models.has(label)) return errorAnswer({ status: 404, code: "NotFound" });
    return { status: 200, body: { projectKind: "any", [field]: this.scores } };
  }

  /** Forgets a job, as the service does after a week. */
  forgetJobs(): void {
    this.#jobs.clear();
    for (const { trainings } of this.projects.values()) trainings.length = 0;
  }
}
