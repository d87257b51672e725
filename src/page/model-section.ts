import { h } from "preact";
import type { Deployment, Retirement } from "./answers.ts";
import { counted, day } from "./format.ts";
import { html, type View } from "./view.ts";
import type { Snapshot } from "./watch.ts";

/** As the alerts tell it: look, soon, now. */
const NEAR = { look: 90, soon: 30 };

/** Custom models and when they end, and what the service takes away. */
export function ModelSection({ snapshot }: { snapshot: Snapshot }): View {
  const { deployments = [], retirements = [] } = snapshot.models ?? {};
  return html`<section id="models" aria-labelledby="models-title">
    <h2 id="models-title">Models and deployments</h2>
    ${
      deployments.length === 0
        ? html`<p class="calm">No pipeline asks a custom model whose end is known.</p>`
        : html`<ul class="endings">${deployments.map((each) => h(DeploymentLine, { key: `${each.project} ${each.deployment}`, each }))}</ul>`
    }
    ${
      retirements.length === 0
        ? null
        : html`<h3>What the service retires</h3>
            <ul class="endings">${retirements.map((each) => h(RetirementLine, { key: `${each.name} ${each.on}`, each }))}</ul>`
    }
  </section>`;
}

function DeploymentLine({ each }: { each: Deployment }): View {
  const { project, deployment, pipelines, state, expiresOn, daysLeft, problem } = each;
  return html`<li class="card ending">
    <span><b>${project}</b> / ${deployment}</span>
    ${
      expiresOn === undefined
        ? html`<span class=${`badge ${state === "expired" ? "stop" : "idle"}`}>${state === "expired" ? "expired" : "end unknown"}</span>`
        : h(End, { on: expiresOn, daysLeft: daysLeft ?? 0, word: "expires" })
    }
    ${problem === undefined ? null : html`<span class="where">${problem.message}</span>`}
    <span class="where">${pipelines.length === 0 ? "asked by no pipeline" : `asked by ${pipelines.join(", ")}`}</span>
  </li>`;
}

function RetirementLine({ each }: { each: Retirement }): View {
  const { name, meaning, on, daysLeft, pipelines } = each;
  return html`<li class="card ending">
    <span><b>${name}</b> ${meaning}</span>
    ${h(End, { on, daysLeft, word: "ends" })}
    <span class="where">${pipelines.length === 0 ? "used by no pipeline" : `used by ${pipelines.join(", ")}`}</span>
  </li>`;
}

function End({ on, daysLeft, word }: { on: string; daysLeft: number; word: string }): View {
  const tone = daysLeft <= NEAR.soon ? "stop" : daysLeft <= NEAR.look ? "look" : "idle";
  const text = daysLeft <= 0 ? `ended ${day(on)}` : `${word} ${day(on)}, in ${counted(daysLeft, "day")}`;
  return html`<span class=${`badge ${tone}`}>${text}</span>`;
}
