/** Runs one thing at a time, in the order asked. */
export type Exclusive = <T>(act: () => T | Promise<T>) => Promise<T>;

/** A queue of its own for things that must not overlap. */
export function createExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act);
    last = next.catch(() => undefined);
    return next;
  };
}
