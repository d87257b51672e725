/** What happened in this app, for the tests, which run in the same process. */
globalThis.tinyCalls ??= [];

export function record(call) {
  globalThis.tinyCalls.push(call);
}
