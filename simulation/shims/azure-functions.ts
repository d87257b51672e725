// In place of @azure/functions: keeps what is registered.

export type Handler = (...args: never[]) => unknown;

export interface Registered {
  kind: "timer" | "http" | "storageBlob" | "start";
  options: Record<string, unknown>;
  handler: Handler;
}

export const registered = new Map<string, Registered>();

function register(kind: Registered["kind"]) {
  return (name: string, { handler, ...options }: Record<string, unknown> & { handler: Handler }): void => {
    registered.set(name, { kind, options, handler });
  };
}

export const app = {
  timer: register("timer"),
  http: register("http"),
  storageBlob: register("storageBlob"),
  hook: {
    appStart(handler: Handler): void {
      registered.set("appStart", { kind: "start", options: {}, handler });
    },
    /** Processes of the simulation are killed, not ended. */
    appTerminate(): void {},
  },
};
