/** Where this host differs from Azure and says nothing at the time it happens; printed at start. */
export const knownDifferences: readonly string[] = [
  "one process and one instance: no scaling out, no leases, no singleton locks",
  "keys are asked for only where they are given: without them every request is let in, whatever its authLevel",
  "a message under way is locked for seconds, not for ten minutes, so a killed host's work comes back sooner",
  "a timer's message is not kept hidden over a restart: what is left of its delay is cut to whole seconds again",
  "of a killed host only activities stay locked for their time; what an orchestration is told goes on at once",
  "functionTimeout is reported after the fact; a running function is not ended",
  "a container is scanned every second or so, not every ten; receipts are not leased",
  "settings come from the given map alone; identity-based connections, Key Vault references and slots are not there",
];
