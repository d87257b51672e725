import { h } from "preact";
import { useState } from "preact/hooks";
import type { TaskAnswer } from "./answers.ts";
import { counted, percent } from "./format.ts";
import type { Found, ReadAnswer, Relation } from "./task-answer.ts";
import { html, type View } from "./view.ts";

interface TaskViewProps {
  task: TaskAnswer;
  answer: ReadAnswer;
  /** The class of a label's look. */
  look: (label: string) => string;
  /** Goes to a mark in the text. */
  jump: (id: string, offset: number) => void;
}

type Jump = TaskViewProps["jump"];

/** What one task said. */
export function TaskView({ task, answer, look, jump }: TaskViewProps): View {
  const { classes, entities, sentences, relations, phrases, texts, sentiment } = answer;
  const { error } = task;
  return html`<section class="task">
    <h4>${task.name} <span class="kind">${task.kind}</span></h4>
    ${error === undefined ? null : html`<div class="error"><p><b>${error.code}</b> ${error.message}</p><p>${error.hint}</p></div>`}
    ${classes.length === 0 ? null : h(Classes, { classes })}
    ${sentiment === undefined ? null : html`<p>Sentiment: <strong>${sentiment}</strong>, in ${counted(sentences.length, "sentence")}</p>`}
    ${phrases.length === 0 ? null : html`<ul class="phrases" aria-label="Key phrases">${phrases.map((phrase, index) => html`<li key=${index}>${phrase}</li>`)}</ul>`}
    ${texts.map((text, index) => html`<p key=${index} class="summary">${text}</p>`)}
    ${entities.length === 0 ? null : h(FoundList, { title: "Entities", found: entities, look, jump })}
    ${sentiment === undefined && sentences.length > 0 ? h(FoundList, { title: "Sentences", found: sentences, look, jump }) : null}
    ${relations.length === 0 ? null : h(Relations, { relations, entities, jump })}
    ${isEmpty(answer) && error === undefined ? html`<p class="where">It found nothing.</p>` : null}
  </section>`;
}

function isEmpty(answer: ReadAnswer): boolean {
  return Object.values(answer).every((each) => each === undefined || each.length === 0);
}

function Classes({ classes }: { classes: ReadAnswer["classes"] }): View {
  return html`<ul class="classes" aria-label="Classes">
    ${classes.map(
      ({ category, score }, index) => html`<li key=${index}>
        <span>${category}</span>
        ${score === undefined ? null : html`<meter min="0" max="1" value=${score} aria-label=${`Confidence of ${category}`}></meter><span class="score">${percent(score)}</span>`}
      </li>`,
    )}
  </ul>`;
}

const SHOWN = 100;

interface FoundListProps extends Pick<TaskViewProps, "look" | "jump"> {
  title: string;
  found: readonly Found[];
}

function FoundList({ title, found, look, jump }: FoundListProps): View {
  const [most, setMost] = useState(SHOWN);
  return html`
    <h5>${title} <span class="total">${found.length}</span></h5>
    <ol class="found">
      ${found.slice(0, most).map(
        (each) => html`<li key=${each.id}>
          <span class=${`tag ${look(each.label)}`}>${each.label}</span>
          ${h(JumpLink, { found: each, jump })}
          ${each.detail === "" ? null : html`<span class="where">${each.detail}</span>`}
        </li>`,
      )}
    </ol>
    ${most < found.length ? html`<button type="button" class="quiet" onClick=${() => setMost(most + SHOWN * 5)}>Show more</button>` : null}
  `;
}

function JumpLink({ found, jump }: { found: Found; jump: Jump }): View {
  const go = (event: Event): void => {
    event.preventDefault();
    jump(found.id, found.offset);
  };
  return html`<a href=${`#${found.id}`} onClick=${go}>${found.text.trim() === "" ? `at ${found.offset}` : found.text}</a>`;
}

function Relations({
  relations,
  entities,
  jump,
}: {
  relations: readonly Relation[];
  entities: readonly Found[];
  jump: Jump;
}): View {
  return html`
    <h5>Relations <span class="total">${relations.length}</span></h5>
    <ul class="relations">
      ${relations.slice(0, SHOWN * 5).map(
        ({ type, parts }, index) => html`<li key=${index}>
          <b>${type}</b>
          ${parts.map(({ role, id }, part) => {
            const found = entities.find((each) => each.id === id);
            return html`<span key=${part} class="part">${role}: ${found === undefined ? "an entity that is not there" : h(JumpLink, { found, jump })}</span>`;
          })}
        </li>`,
      )}
    </ul>
  `;
}
