import { inject } from "vitest";
import type { LanguageServiceOptions } from "../../src/service.ts";
import { type Answer, at, EmulatorFixture, type Loose, locationOf } from "../emulator-fixture.ts";
import { projectOf } from "../own-projects.ts";
import { sampleTexts } from "./training-containers.ts";

export const PROJECTS = "/language/authoring/analyze-text/projects";
export const VERSION = "2023-04-01";
export const TRAIN = { modelLabel: "first", trainingConfigVersion: "latest" };

/** Seconds that each training and each other job takes on the emulator. */
export const TRAINING_SECONDS = 100;
export const JOB_SECONDS = 10;

/** An emulator with the run's storage, whose jobs take as long as its clock is moved. */
export class AuthoringFixture {
  readonly emulator: EmulatorFixture;

  private constructor(emulator: EmulatorFixture) {
    this.emulator = emulator;
  }

  static async start(options: LanguageServiceOptions = {}): Promise<AuthoringFixture> {
    const emulator = await EmulatorFixture.start({
      storage: inject("storage"),
      trainingSeconds: { from: TRAINING_SECONDS, to: TRAINING_SECONDS },
      authoringSeconds: { from: JOB_SECONDS, to: JOB_SECONDS },
      ...options,
    });
    return new AuthoringFixture(emulator);
  }

  stop(): Promise<void> {
    return this.emulator.service.stop();
  }

  /** A call of the current generation, its path below the projects. */
  call(method: string, path: string, body?: unknown, version = VERSION): Promise<Answer> {
    return this.emulator.call(
      method,
      `${PROJECTS}${path}${path.includes("?") ? "&" : "?"}api-version=${version}`,
      body,
    );
  }

  async get(path: string): Promise<Loose> {
    return (await this.call("GET", path)).body;
  }

  /** Starts a job, lets its time pass, and answers its state. A refusal is answered as it is. */
  async run(method: string, path: string, body?: unknown, seconds = JOB_SECONDS): Promise<Answer> {
    const started = await this.call(method, path, body);
    if (started.status !== 202) return started;
    this.emulator.clock.advance(seconds);
    return await this.emulator.call("GET", locationOf(started));
  }

  train(project: string, body: object = TRAIN): Promise<Answer> {
    return this.run("POST", `/${project}/:train`, body, TRAINING_SECONDS);
  }

  /** A project with the labels of a sample and its texts in a container of its own. */
  async importSample(sample: string, project: string): Promise<{ container: string }> {
    const container = await sampleTexts(sample);
    const { body } = await this.run("POST", `/${project}/:import`, projectOf(sample, project, container));
    if (String(body.status) !== "succeeded") throw new Error(`Import: ${JSON.stringify(body)}`);
    return { container };
  }

  /** As `importSample`, trained as `first` and deployed as `production`. */
  async serveSample(sample: string, project: string): Promise<void> {
    await this.importSample(sample, project);
    await this.train(project);
    await this.run("PUT", `/${project}/deployments/production`, { trainedModelLabel: "first" });
  }

  /** The classes that a deployment gives a text. */
  async classify(kind: string, projectName: string, deploymentName: string, text: string): Promise<string[]> {
    const task = { kind, parameters: { projectName, deploymentName } };
    const document = await this.emulator.analyze(task, text);
    return document.class?.map(({ category }) => String(category)) ?? [];
  }
}

/** Status, code, the more exact code inside, and target of a refusal. */
export function told({ status, body }: Answer): unknown[] {
  const error = at(body, "error");
  return [status, error.code, error.innererror?.code, error.target];
}
