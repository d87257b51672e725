import { h } from "preact";
import type { Lane, Pipeline } from "./answers.ts";
import type { Choice } from "./dialog.ts";
import { clock, count, counted, duration, money, percent, rate } from "./format.ts";
import { html, type View } from "./view.ts";

interface PipelineSectionProps {
  pipelines: readonly Pipeline[];
  /** False until the app has answered once. */
  known: boolean;
  now: number;
  choose: (choice: Choice) => void;
}

/** How a state is called and coloured; another is told by its own name. */
const STATES: Readonly<Record<string, [string, string]>> = {
  removed: ["gone", "stop"],
  overdue: ["overdue", "stop"],
  failing: ["failing", "stop"],
  blocked: ["blocked", "stop"],
  paused: ["paused", "look"],
  draining: ["draining", "wait"],
  drained: ["drained", "look"],
  retrying: ["retrying", "wait"],
  throttled: ["throttled", "wait"],
  running: ["running", "work"],
  idle: ["idle", "idle"],
};

/** What is stuck comes first; pipelines that stand alike keep their order. */
const RANKS = ["stop", "look", "wait", "work", "idle"];

/** Every pipeline: how it goes, what the last hour looked like, what its lanes do, and what may be done about it. */
export function PipelineSection({ pipelines, known, now, choose }: PipelineSectionProps): View {
  const rank = ({ state }: Pipeline): number => RANKS.indexOf(STATES[state]?.[1] ?? "idle");
  return html`<section id="pipelines" aria-labelledby="pipelines-title">
    <h2 id="pipelines-title">Pipelines</h2>
    ${known && pipelines.length === 0 ? html`<p class="calm">pipelines.json has no pipeline.</p>` : null}
    <div class="cards">
      ${pipelines.toSorted((one, other) => rank(one) - rank(other)).map((pipeline) => h(PipelineCard, { key: pipeline.name, pipeline, now, choose }))}
    </div>
  </section>`;
}

function PipelineCard({
  pipeline,
  now,
  choose,
}: {
  pipeline: Pipeline;
  now: number;
  choose: (choice: Choice) => void;
}): View {
  const { name, match, tasks, paused, series, quota } = pipeline;
  const [state, tone] = STATES[pipeline.state] ?? [pipeline.state, "idle"];
  const last = { documents: sum(series.documents), failed: sum(series.failed), calls: sum(series.calls) };
  const most = Math.max(0, ...series.calls);
  const title = `pipeline-${name}`;
  const limit = quota.limitPerMinute;
  return html`<article class="card pipeline" aria-labelledby=${title} data-pipeline=${name}>
    <header>
      <h3 id=${title}>${name}</h3>
      <span class=${`badge ${tone}`}>${state}</span>
      <span class="match"><code>${match}</code> → ${tasks.join(", ")}</span>
    </header>
    ${h(Facts, { pipeline, now })}
    <div class="charts">
      ${h(Chart, {
        title: "Documents a minute",
        summary: `Documents that ended in the last hour: ${count(last.documents)}, of which ${count(last.failed)} failed.`,
        values: series.documents,
        bad: series.failed,
      })}
      ${h(Chart, {
        title: "Calls a minute",
        summary: `Calls to the Language service in the last hour: ${count(last.calls)}; ${count(most)} in the fullest minute, of ${count(limit)} that the resource takes.`,
        values: series.calls,
        limit,
      })}
    </div>
    ${h(LaneChips, { pipeline, now })}
    <div class="actions" role="group" aria-label=${`Actions for ${name}`}>
      ${
        paused === undefined
          ? html`<button type="button" onClick=${() => choose({ action: "pause", pipeline: name })}>Pause…</button>
              <button type="button" onClick=${() => choose({ action: "drain", pipeline: name })}>Drain…</button>`
          : html`<button type="button" class="primary" onClick=${() => choose({ action: "resume", pipeline: name })}>Resume…</button>`
      }
      <button type="button" onClick=${() => choose({ action: "redrive", pipeline: name })}>Redrive…</button>
      <button type="button" onClick=${() => choose({ action: "backfill", pipeline: name })}>Backfill…</button>
    </div>
  </article>`;
}

/** The numbers of a pipeline, each with its name. */
function Facts({ pipeline, now }: { pipeline: Pipeline; now: number }): View {
  const { waiting, oldestWaitingSeconds, inHand, documentsPerMinute, expectedEnd, totals, cost, quota } = pipeline;
  const end = expectedEnd === undefined ? undefined : clock(expectedEnd, now);
  const facts: [string, string, string | undefined][] = [
    ["Waiting", count(waiting), waiting === 0 ? undefined : `oldest ${duration(oldestWaitingSeconds)}`],
    ["In hand", count(inHand), undefined],
    ["Pace", `${rate(documentsPerMinute)}/min`, end === undefined ? undefined : `done by ${end}`],
    [
      "Done",
      count(totals.succeeded),
      totals.partiallySucceeded === 0 ? undefined : `${count(totals.partiallySucceeded)} partly`,
    ],
    ["Failed", count(totals.failed), undefined],
    ["Cost", money(cost.money), `${counted(cost.textRecords, "record")}; today ${money(cost.today.money)}`],
    ["Quota", percent(quota.share), `${rate(quota.callsPerMinute)} of ${count(quota.limitPerMinute)} calls/min`],
  ];
  return html`<dl class="facts">
    ${facts.map(
      ([name, value, more]) => html`<div key=${name}>
        <dt>${name}</dt>
        <dd><strong>${value}</strong>${more === undefined ? null : html` <span>${more}</span>`}</dd>
      </div>`,
    )}
  </dl>`;
}

function LaneChips({ pipeline: { name, lanes }, now }: { pipeline: Pipeline; now: number }): View {
  return html`<ul class="lanes" aria-label=${`Lanes of ${name}`}>
    ${laneChips(lanes, now).map(
      ({ lanes: numbers, label, detail, tone }) => html`<li key=${label + detail} class=${`chip ${tone}`}>
        <span class="chip-label">${
          numbers.length === 1 ? html`<b>Lane ${numbers[0]}</b>` : html`<b>${numbers.length} lanes</b>`
        } ${label}</span>
        ${detail === undefined ? null : html`<span class="chip-detail">${detail}</span>`}
      </li>`,
    )}
  </ul>`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

interface ChartProps {
  title: string;
  /** What the chart shows, in words, for whoever does not see it. */
  summary: string;
  /** One number a minute, oldest first. */
  values: readonly number[];
  /** The part of each value that is drawn in the colour of failures. */
  bad?: readonly number[];
  /** A line at this height, where there is a limit. */
  limit?: number;
}

const HEIGHT = 40;
const BAR = 3;
const STEP = 4;

/** Bars, one for each minute of the last hour. */
function Chart({ title, summary, values, bad = [], limit }: ChartProps): View {
  const highest = Math.max(1, ...values);
  const top = limit !== undefined && limit <= highest * 4 ? Math.max(highest, limit) : highest;
  const width = values.length * STEP;
  const tall = (value: number): number => (value === 0 ? 0 : Math.max(1, (value / top) * HEIGHT));
  // One element for all bars: there may be many pipelines.
  const bars = (numbers: readonly number[]): string =>
    numbers
      .map((value, index) => (value === 0 ? "" : `M${index * STEP},${HEIGHT}v${-tall(value)}h${BAR}V${HEIGHT}z`))
      .join("");
  return html`<figure class="chart">
    <figcaption>${title}</figcaption>
    <svg viewBox=${`0 0 ${width} ${HEIGHT + 1}`} preserveAspectRatio="none" role="img" aria-label=${summary}>
      <path class="bar" d=${bars(values)} />
      <path class="bar bad" d=${bars(bad)} />
      ${limit !== undefined && limit <= top ? html`<line class="limit" x1="0" x2=${width} y1=${HEIGHT - tall(limit)} y2=${HEIGHT - tall(limit)} />` : null}
      <line class="base" x1="0" x2=${width} y1=${HEIGHT + 0.5} y2=${HEIGHT + 0.5} />
    </svg>
    <p class="axis" aria-hidden="true"><span>1 h ago</span><span>most ${Math.round(highest).toLocaleString("en")}</span><span>now</span></p>
  </figure>`;
}

/** A lane in words: `tone` is its colour, which never says more than the words do. */
interface LaneWords {
  label: string;
  /** Why, where there is a reason. */
  detail?: string;
  tone: "work" | "wait" | "stop" | "idle";
}

/** What a chip says about a lane. @param now milliseconds since 1970 */
function laneWords({ running, status, overdueSeconds }: Lane, now: number): LaneWords {
  if (overdueSeconds !== undefined) {
    return { label: `overdue by ${duration(overdueSeconds)}`, detail: "The sweep starts it anew.", tone: "stop" };
  }
  if (!running || status === undefined) return { label: "closed", tone: "idle" };
  const { state, nextPollAt, reason } = status;
  const until = nextPollAt === undefined ? "" : ` until ${clock(nextPollAt, now)}`;
  const why = reason === undefined ? {} : { detail: reason.message };
  switch (state) {
    case "submitting":
      return { label: "sending", tone: "work" };
    case "analysing":
      return { label: "with the service", tone: "work" };
    case "throttled":
      return { label: `throttled${until}`, ...why, tone: "wait" };
    case "retrying":
      return { label: `retrying${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "wait" };
    case "blocked":
      return { label: `blocked${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "stop" };
    case "failing":
      return { label: `failing${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "stop" };
    case "paused":
      return { label: "paused", tone: "idle" };
    case "waiting":
      return { label: "waiting for documents", tone: "idle" };
    default:
      return { label: state, tone: "idle" };
  }
}

/** Lanes that say the same, as one chip. */
interface LaneChip extends LaneWords {
  lanes: number[];
}

/** The chips of a pipeline, what is stuck first; lanes that say the same share one. Closed lanes are told of only where no other is. */
function laneChips(lanes: readonly Lane[], now: number): LaneChip[] {
  const chips = new Map<string, LaneChip>();
  for (const lane of lanes) {
    const words = laneWords(lane, now);
    const key = JSON.stringify([words.label, words.detail]);
    const chip = chips.get(key);
    if (chip === undefined) chips.set(key, { ...words, lanes: [lane.lane] });
    else chip.lanes.push(lane.lane);
  }
  const rank = ["stop", "wait", "work", "idle"];
  const sorted = [...chips.values()].sort((one, other) => rank.indexOf(one.tone) - rank.indexOf(other.tone));
  const open = sorted.filter(({ label }) => label !== "closed");
  return open.length > 0 ? open : sorted;
}
