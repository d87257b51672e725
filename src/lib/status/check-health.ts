import type { App } from "../app.ts";
import { VERSION } from "../common/version.ts";

export interface Health {
  status: "healthy" | "unhealthy";
  version: string;
  checks: { name: string; ok: boolean; message?: string }[];
}

/** Can the app reach what it cannot work without? The Language service is not asked: a lane that it blocks says so. */
export async function checkHealth(app: App): Promise<Health> {
  const checks = await Promise.all([
    check("blob storage", () => app.containers.work.getProperties()),
    ...app.pipelines.slice(0, 1).map(({ name }) => check("queue storage", () => app.queue(name).peek())),
  ]);
  return { status: checks.every(({ ok }) => ok) ? "healthy" : "unhealthy", version: VERSION, checks };
}

async function check(name: string, ask: () => Promise<unknown>): Promise<Health["checks"][number]> {
  try {
    await ask();
    return { name, ok: true };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return { name, ok: false, message: `No answer (${String(code ?? "unknown error")}): see the log of this app` };
  }
}
