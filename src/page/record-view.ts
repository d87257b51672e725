import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RecordAnswer, TextAnswer } from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import { clock, count, counted } from "./format.ts";
import { looksOf, type Mark, markText, type Span } from "./marks.ts";
import { type ReadAnswer, readAnswer } from "./task-answer.ts";
import { TaskView } from "./task-view.ts";
import { Fault, html, type View } from "./view.ts";

interface RecordViewProps {
  api: Api;
  name: string;
  pipeline: string;
  now: number;
}

/** Characters of a document that are shown at a time: as many as the API gives at once. */
const WINDOW = 20_000;

/** What a document ended in: answers, text with marks, and the raw record. */
export function RecordView({ api, name, pipeline, now }: RecordViewProps): View {
  const [record, setRecord] = useState<RecordAnswer | undefined>(undefined);
  const [text, setText] = useState<TextAnswer | undefined>(undefined);
  const [faults, setFaults] = useState<ApiError[]>([]);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [target, setTarget] = useState<string | undefined>(undefined);
  const ask = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFaults((before) => [...before, error]);
    }
  };
  const read = (from: number) =>
    ask(async () => setText(await api.get(address(["texts", name], { pipeline, from, length: WINDOW }))));
  useEffect(() => {
    void ask(async () => setRecord(await api.get(address(["records", pipeline, name]))));
    void read(0);
  }, []);
  useEffect(() => {
    const element = target === undefined ? null : document.getElementById(target);
    if (element === null) return;
    element.focus();
    element.scrollIntoView({ block: "center" });
    setTarget(undefined);
  }, [target, text]);

  if (record === undefined) {
    return faults.length > 0 ? faults.map((fault) => h(Fault, { api, fault })) : html`<p class="calm">Asking…</p>`;
  }
  const answers = (record.tasks ?? []).map(readAnswer);
  const isSame = text !== undefined && text.etag === record.document.etag;
  const shown = isSame ? answers.filter((_, index) => !hidden.has(index)) : [];
  const spans = shown.flatMap((answer) => [...answer.entities, ...(isSummary(answer) ? answer.sentences : [])]);
  const look = looksOf(
    answers.flatMap(({ entities, sentences }) => [...entities, ...sentences].map(({ label }) => label)),
  );
  const jump = (id: string, offset: number): void => {
    if (text !== undefined && (offset < text.from || offset >= text.from + text.text.length)) {
      void read(Math.floor(offset / WINDOW) * WINDOW);
    }
    setTarget(id);
  };
  const choose = (index: number): void => {
    const next = new Set(hidden);
    if (!next.delete(index)) next.add(index);
    setHidden(next);
  };
  const { error, usage } = record;
  const at = record.completedAt ?? record.failedAt;
  const facts = [
    record.document.language === undefined ? undefined : `language ${record.document.language}`,
    record.document.characters === undefined ? undefined : counted(record.document.characters, "character"),
    usage === undefined ? undefined : counted(usage.textRecords, "text record"),
    at === undefined ? undefined : clock(at, now),
  ].filter((each) => each !== undefined);
  return html`
    <p class="where">${facts.join(" · ")}</p>
    ${error === undefined ? null : html`<div class="error"><p><b>${error.code}</b> ${error.message}</p><p>${error.hint}</p></div>`}
    <div class="reading">
      <div class="reading-text">
        ${answers.length > 1 ? h(TaskChoice, { record, answers, hidden, choose }) : null}
        ${text !== undefined && !isSame ? html`<p class="error">The document has changed since: this text is newer than the record, so nothing is marked in it.</p>` : null}
        ${text === undefined ? faults.map((fault) => h(Fault, { api, fault })) : h(MarkedText, { text: text.text, from: text.from, spans, look })}
        ${text === undefined ? null : h(Pager, { text, read })}
      </div>
      <div class="reading-answers">
        ${(record.tasks ?? []).map((task, index) => h(TaskView, { key: index, task, answer: answers[index] ?? readAnswer(task, index), look, jump }))}
      </div>
    </div>
    ${h(Raw, { record })}
  `;
}

/** Only the sentences of a summary stand out of the text; every sentence has a sentiment. */
function isSummary({ sentences, sentiment }: ReadAnswer): boolean {
  return sentiment === undefined && sentences.length > 0;
}

interface TaskChoiceProps {
  record: RecordAnswer;
  answers: readonly ReadAnswer[];
  hidden: ReadonlySet<number>;
  choose: (index: number) => void;
}

function TaskChoice({ record, answers, hidden, choose }: TaskChoiceProps): View {
  const tasks = (record.tasks ?? []).flatMap(({ name }, index) => {
    const answer = answers[index];
    const marks = answer === undefined ? 0 : answer.entities.length + (isSummary(answer) ? answer.sentences.length : 0);
    return marks === 0 ? [] : [{ name, index, marks }];
  });
  if (tasks.length < 2) return null;
  return html`<fieldset class="choice">
    <legend>Marked in the text</legend>
    ${tasks.map(
      ({ name, index, marks }) => html`<label key=${index} class="check">
        <input type="checkbox" checked=${!hidden.has(index)} onChange=${() => choose(index)} /> ${name} (${count(marks)})
      </label>`,
    )}
  </fieldset>`;
}

function Pager({ text, read }: { text: TextAnswer; read: (from: number) => Promise<void> }): View {
  const { from, characters } = text;
  const to = from + text.text.length;
  if (from === 0 && to >= characters) return null;
  return html`<div class="actions pager">
    <span>Characters ${count(from + 1)} to ${count(to)} of ${count(characters)}</span>
    <button type="button" disabled=${from === 0} onClick=${() => read(Math.max(0, from - WINDOW))}>Back</button>
    <button type="button" disabled=${to >= characters} onClick=${() => read(to)}>Next</button>
  </div>`;
}

/** Made only when it is wanted: it may be long. */
function Raw({ record }: { record: RecordAnswer }): View {
  const [open, setOpen] = useState(false);
  return html`<details class="raw" onToggle=${({ currentTarget }: { currentTarget: HTMLDetailsElement }) => setOpen(currentTarget.open)}>
    <summary>Raw JSON</summary>
    ${open ? html`<pre tabindex="0" aria-label="Raw JSON"><code>${JSON.stringify(record, null, 2)}</code></pre>` : null}
  </details>`;
}

interface MarkedTextProps {
  text: string;
  /** Where the text begins in the document. */
  from: number;
  spans: readonly Span[];
  /** The class of a label's look. */
  look: (label: string) => string;
}

/** A text with its marks. The label of a mark is text like any other: it can be read aloud and searched, and copying leaves it out. */
function MarkedText({ text, from, spans, look }: MarkedTextProps): View {
  const nodes = markText(text, from, spans).map((node) => show(node, look));
  return html`<div class="text" tabindex="0" role="region" aria-label="Text of the document">${nodes}</div>`;
}

function show(node: string | Mark, look: MarkedTextProps["look"]): View {
  if (typeof node === "string") return node;
  const { span, continued, children } = node;
  const name = `mark ${look(span.label)}${continued ? " continued" : ""}`;
  return html`<mark class=${name} id=${continued ? undefined : span.id} tabindex="-1">${
    continued
      ? html`<span class="hidden">${span.label} goes on: </span>`
      : html`<span class="label">${span.label} </span>`
  }${children.map((child) => show(child, look))}</mark>`;
}
