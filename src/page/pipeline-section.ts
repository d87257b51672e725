import { h } from "preact";
import type { Pipeline } from "./answers.ts";
import { Chart } from "./chart.ts";
import type { Choice } from "./choice.ts";
import { clock, count, counted, duration, money, percent, rate } from "./format.ts";
import { laneChips } from "./lane-words.ts";
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
