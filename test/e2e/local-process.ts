import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { APP_DIRECTORY } from "../../dev/stack/start-stack.ts";

export interface Ready {
  functions: string;
  storage: string;
  language: string;
}

/** `npm run local` in a process of its own, as a user runs it. */
export class LocalProcess {
  readonly ready: Ready;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.ready = ready;
  }

  static async start(args: readonly string[], env: Record<string, string> = {}): Promise<LocalProcess> {
    const child = spawn(process.execPath, ["dev/local.ts", "--port", "0", "--quiet", ...args], {
      cwd: APP_DIRECTORY,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const ready = await new Promise<Ready>((resolve, reject) => {
      lines.on("line", (line) => {
        if (line.startsWith("ready ")) resolve(JSON.parse(line.slice("ready ".length)));
      });
      child.once("exit", (code) => reject(new Error(`The stack ended with ${code} before it was ready:\n${errors}`)));
    });
    return new LocalProcess(child, ready);
  }

  /** `kill -9` of the whole process group: the functions, and storage with them. */
  async kill(): Promise<void> {
    await this.#end(() => process.kill(-(this.#child.pid ?? 0), "SIGKILL"));
  }

  async stop(): Promise<void> {
    await this.#end(() => this.#child.kill("SIGTERM"));
  }

  async #end(signal: () => unknown): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    signal();
    await ended;
  }
}
