import { fork } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import type { FunctionsOptions } from "./functions-process.ts";

const Reply = z.object({ value: z.unknown() });

/** A functions process, and what it can be told (`functions-process.ts`). */
export interface Functions {
  settle(): Promise<void>;
  /** Lets the next timer be due. @returns false when nothing waits */
  step(): Promise<boolean>;
  /** Lets time pass until no lane is open. */
  close(): Promise<void>;
  /** Processor time that it has used, milliseconds. */
  usage(): Promise<number>;
  /** Bytes that stay on its heap after a garbage collection. */
  heap(): Promise<number>;
  profile(): Promise<void>;
  report(): Promise<unknown>;
  end(): void;
}

/** @throws Error when it ends before it is ready */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const child = fork(new URL("functions-process.ts", import.meta.url), {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
    env: { ...process.env, BENCH_FUNCTIONS: JSON.stringify(options) },
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`The functions process ended with code ${code}`)));
  });
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, "message"), ended]);
    return Reply.parse(message).value;
  };
  const tell = async (command: string): Promise<unknown> => {
    const answered = answer();
    child.send(command);
    return await answered;
  };
  await answer();
  return {
    settle: async () => void (await tell("settle")),
    step: async () => z.boolean().parse(await tell("step")),
    close: async () => void (await tell("close")),
    usage: async () => z.number().parse(await tell("usage")),
    heap: async () => z.number().parse(await tell("heap")),
    profile: async () => void (await tell("profile")),
    report: () => tell("report"),
    end: () => {
      if (child.connected) child.disconnect();
    },
  };
}
