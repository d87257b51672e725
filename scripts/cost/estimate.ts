import type { CostModel, Meter, MeterName } from "./cost-model.ts";

/** Documents of a month: together, so that batches are full, or one by one, each in a batch of its own. */
interface Scenario {
  documents: number;
  together: boolean;
}

/** One meter of a month's bill. */
export interface Line {
  meter: MeterName;
  quantity: number;
  /** US dollars, in whole cents. */
  usd: number;
}

const BYTES_PER_GB = 1e9;

/** What a quantity costs in a month: the grant once, then tier after tier. In US dollars, in whole cents. */
export function priceOf({ free, per, tiers }: Meter, quantity: number): number {
  let left = Math.max(0, quantity - free);
  let from = 0;
  let usd = 0;
  for (const tier of tiers) {
    const taken = Math.min(left, (tier.upTo ?? Number.POSITIVE_INFINITY) - from);
    usd += (taken / per) * tier.usd;
    left -= taken;
    from += taken;
  }
  return Math.round(usd * 100) / 100;
}

/**
 * The bill of a month with these documents, its standing part (timers, polling) included. Text records are those of one
 * custom task; what can be switched on beside stands in {@link optionsOf}.
 */
export function estimate(model: CostModel, scenario: Scenario): Line[] {
  const quantities = quantitiesOf(model, scenario);
  return Object.entries(quantities).map(([name, quantity]) => {
    const meter = name as keyof typeof quantities;
    return { meter, quantity, usd: priceOf(model.meters[meter], quantity) };
  });
}

/** The sum of what is shown, in US dollars. */
export function sumOf(lines: readonly Line[]): number {
  return Math.round(lines.reduce((sum, { usd }) => sum + usd, 0) * 100) / 100;
}

function quantitiesOf(model: CostModel, { documents, together }: Scenario) {
  const { document, batch, alone, timers, polling, instanceGb } = model.needs;
  const minutes = model.month.days * 24 * 60;
  const batches = together ? Math.ceil(documents / batch.documents.value) : documents;
  const lane = together ? batch : alone;
  const intakeSeconds = documents / (together ? document.intakeTogether.value : 1);
  const rounds = minutes / timers.minutesBetween.value;
  const runs = timers.count.value * rounds;
  const laneExecutions = batches * lane.executions.value;
  const blobWrites = documents * document.blobWrites.value + batches * batch.blobWrites.value;
  const durableOperations = laneExecutions * batch.operationsPerExecution.value;
  const polls = (polling.queues.value * minutes * 60) / polling.seconds.value;
  return {
    custom: documents * Math.ceil(document.characters.value / 1000),
    time: instanceGb.value * (intakeSeconds + batches * lane.billedSeconds.value + runs * timers.billedSeconds.value),
    executions: documents * document.executions.value + laneExecutions + runs,
    blobWrites: blobWrites + rounds * timers.blobWrites.value,
    blobReads: documents * document.blobReads.value + batches * batch.blobReads.value + rounds * timers.blobReads.value,
    blobStorage: (documents * document.bytes.value) / BYTES_PER_GB,
    queueOperations:
      documents * document.queueOperations.value + durableOperations + polls + rounds * timers.queueOperations.value,
    tableOperations: durableOperations,
    events: blobWrites + documents * document.deliveries.value + rounds * timers.events.value,
    logs: (documents * document.logBytes.value + runs * timers.logBytes.value) / BYTES_PER_GB,
  } satisfies Partial<Record<MeterName, number>>;
}

/** Something that is switched on beside, and what it adds to a month. */
interface Option {
  what: string;
  parts: { meter: MeterName; quantity: number }[];
}

/** What can be switched on, each by itself; prices of use come on top where `meters` say so. */
export function optionsOf({ needs, month }: CostModel): Option[] {
  const gbSeconds = needs.instanceGb.value * month.days * 24 * 3600;
  const redundant = needs.groups.value * needs.instancesPerZoneRedundantGroup.value;
  return [
    { what: "`alwaysReadyInstances=1`", parts: [{ meter: "readyBaseline", quantity: gbSeconds }] },
    {
      what: `\`zoneRedundant\`: ${redundant} instances`,
      parts: [{ meter: "readyBaseline", quantity: redundant * gbSeconds }],
    },
    {
      what: "alerts (`alertEmail`)",
      parts: [
        { meter: "logAlertEvery5", quantity: needs.alerts.every5.value },
        { meter: "logAlertEvery15", quantity: needs.alerts.every15.value },
        { meter: "metricAlert", quantity: needs.alerts.metric.value },
      ],
    },
    {
      what: "`storageDefender`, with 1,000,000 uploads scanned",
      parts: [
        { meter: "defender", quantity: 1 },
        { meter: "malwareScanning", quantity: (1e6 * needs.document.bytes.value) / BYTES_PER_GB },
      ],
    },
    {
      what: "`privateNetwork`",
      parts: [{ meter: "privateEndpoint", quantity: needs.privateEndpoints.value * month.days * 24 }],
    },
  ];
}
