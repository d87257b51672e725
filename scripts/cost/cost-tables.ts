import type { CostModel, Meter, MeterName } from "./cost-model.ts";
import { estimate, type Line, optionsOf, priceOf, sumOf } from "./estimate.ts";

const SCENARIOS = [
  { title: "nothing dropped", documents: 0, together: true },
  { title: "1,000 documents", documents: 1000, together: true },
  { title: "1,000,000 documents", documents: 1_000_000, together: true },
] as const;

const LABELS: Partial<Record<MeterName, string>> = {
  custom: "Language, custom",
  time: "Functions, time",
  executions: "Functions, executions",
  blobWrites: "blob writes",
  blobReads: "blob reads",
  blobStorage: "blobs kept",
  queueOperations: "queues",
  tableOperations: "tables",
  events: "Event Grid",
  logs: "logs",
};

/** Every block of `docs/operations.md` that tells of cost, by its name there. */
export function costBlocks(model: CostModel): Record<string, string> {
  return {
    "cost-meters": metersTable(model),
    "cost-needs": needsTable(model),
    "cost-months": monthsTable(model),
    "cost-options": optionsTable(model),
  };
}

/** Puts the blocks into a document, between `<!-- name -->` and `<!-- /name -->`. */
export function withBlocks(document: string, blocks: Record<string, string>): string {
  return Object.entries(blocks).reduce((text, [name, block]) => {
    const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(open), text.indexOf(close)];
    if (from < 0 || to < from) throw new Error(`The document has no place for ${name}: ${open.trim()} … ${close}.`);
    return `${text.slice(0, from + open.length)}${block}\n${text.slice(to)}`;
  }, document);
}

const number = (value: number, digits = 2) => value.toLocaleString("en-US", { maximumFractionDigits: digits });
const dollars = (usd: number) =>
  `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
/** A price as lists show it: whole dollars, cents, or as many digits as it has. */
function price(usd: number): string {
  if (Number.isInteger(usd)) return `$${usd}`;
  return Number.isInteger(Math.round(usd * 1e6) / 1e4) ? `$${usd.toFixed(2)}` : `$${usd.toFixed(6).replace(/0+$/, "")}`;
}

/** A Markdown table. */
function table(rows: readonly (readonly string[])[], head: readonly string[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function tariff({ per, unit, tiers, free }: Meter): string {
  const units = per === 1 ? `for each ${unit}` : `per ${number(per)} ${unit}s`;
  const [first, ...others] = tiers;
  const then = others.map(({ usd }) => `, then ${price(usd)}`).join("");
  const upTo = first?.upTo === undefined ? "" : ` up to ${number(first.upTo)} a month`;
  const grant = free === 0 ? "" : `; ${number(free)} a month free`;
  return `${price(first?.usd ?? 0)} ${units}${upTo}${then}${grant}`;
}

function metersTable({ meters }: CostModel): string {
  const rows = Object.values(meters).map((meter) => [
    meter.what,
    tariff(meter),
    meter.seen === undefined
      ? `not compared; [list](${meter.page})`
      : `[${meter.seen.date}](${meter.seen.at}); [list](${meter.page})`,
  ]);
  return table(rows, ["what", "price", "read"]);
}

function needsTable({ needs }: CostModel): string {
  const { document, batch, alone, timers, polling } = needs;
  const groups = {
    "a document": document,
    "a batch": batch,
    "a batch of one": alone,
    timers: timers,
    polling: polling,
  };
  const words = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const rows = Object.entries(groups).flatMap(([group, members]) =>
    Object.entries(members).map(([name, { value, why }]) => [group, words(name), number(value), why]),
  );
  return table(
    [...rows, ["an instance", "GB of memory", number(needs.instanceGb.value), needs.instanceGb.why]],
    ["for", "what", "how much", "which is"],
  );
}

/** How a line comes about, for a reader who wants to follow it. */
function reckoning(meter: Meter, { quantity, usd }: Line): string {
  if (quantity === 0) return "–";
  const units = `${number(quantity)}${meter.unit.startsWith("GB") ? ` ${meter.unit}` : ""}`;
  if (quantity <= meter.free) return `${units}: free`;
  const billed = meter.free === 0 ? units : `${units} − ${number(meter.free)} free`;
  const [tier] = meter.tiers;
  const each = meter.per === 1 ? price(tier?.usd ?? 0) : `${price(tier?.usd ?? 0)} / ${number(meter.per)}`;
  return `${meter.free === 0 ? billed : `(${billed})`} × ${each} = ${dollars(usd)}`;
}

function monthsTable(model: CostModel): string {
  const trickle = { title: "one document a minute", documents: model.month.days * 24 * 60, together: false };
  const scenarios = [...SCENARIOS, trickle];
  const bills = scenarios.map((scenario) => estimate(model, scenario));
  const rows = (bills[0] ?? []).map(({ meter }, index) => [
    LABELS[meter] ?? meter,
    ...bills.map((lines) => {
      const line = lines[index];
      return line === undefined ? "" : reckoning(model.meters[meter], line);
    }),
  ]);
  const prebuilt = scenarios.map(({ documents }) =>
    documents === 0 ? "–" : dollars(priceOf(model.meters.prebuilt, documents)),
  );
  const sums = bills.map((lines) => `**${dollars(sumOf(lines))}**`);
  return table(
    [...rows, ["**sum**", ...sums], ["prebuilt instead of custom, one task", ...prebuilt]],
    ["a month of", ...scenarios.map(({ title }) => title)],
  );
}

function optionsTable(model: CostModel): string {
  const rows = optionsOf(model).map(({ what, parts }) => {
    const priced = parts.map(({ meter, quantity }) => ({
      meter,
      quantity,
      usd: priceOf(model.meters[meter], quantity),
    }));
    const terms = priced.map((line) => reckoning(model.meters[line.meter], line)).join("; ");
    return [what, terms, dollars(sumOf(priced))];
  });
  return table(rows, ["switched on", "reckoned", "adds a month"]);
}
