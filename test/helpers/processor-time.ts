/** Milliseconds of the processor that work takes: on a busy machine as many as on a quiet one, more or less. */
export function processorMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  return process.cpuUsage(begun).user / 1_000;
}
