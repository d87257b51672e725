let told: ((error: unknown) => void) | undefined;

/** Lets a run be told of every error of this thread that nobody caught: in real life it ends its process. */
export function catchUncaught(tell: ((error: unknown) => void) | undefined): void {
  told = tell;
}

/** Once in a thread. Outside a run such an error ends the thread, as ever. */
export function installUncaught(): void {
  const tell = (error: unknown): void => {
    if (told === undefined) throw error;
    told(error);
  };
  process.on("unhandledRejection", tell);
  process.on("uncaughtException", tell);
}
