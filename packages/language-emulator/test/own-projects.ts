import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Texts by name: `billing-1.txt`, … */
type Texts = Readonly<Record<string, string>>;

/** A project file as it is imported, as loosely as a test wants to change it. */
export interface OwnProject {
  projectFileVersion: string;
  stringIndexType: string;
  metadata: Record<string, unknown>;
  assets: { projectKind: string; documents: { location: string; language?: string; [field: string]: unknown }[] } & {
    [field: string]: unknown;
  };
}

const TICKETS: Readonly<Record<string, readonly string[]>> = {
  billing: [
    "We were charged twice for the same invoice this month.",
    "Please refund the second payment of invoice 118.",
    "The invoice names the wrong company, and the payment was charged already.",
    "Die Rechnung wurde zweimal abgebucht, bitte erstatten Sie eine Zahlung.",
  ],
  outage: [
    "The dashboard has been down since noon and shows an error.",
    "Nothing loads, the whole site is down for all branches.",
    "The shop is unavailable again, every page shows an error.",
    "Seit heute früh ist das System nicht erreichbar, jede Seite zeigt einen Fehler.",
  ],
  access: [
    "I cannot log in, my account is locked after the password reset.",
    "A new colleague needs an account and a password.",
    "The reset link for my password does not arrive, I am locked out.",
    "Mein Konto ist gesperrt, bitte setzen Sie das Passwort zurück.",
  ],
  feature: [
    "It would be nice to export the calendar as a table.",
    "Could you add a dark theme to the calendar?",
    "We would like to have a button that exports all contacts.",
    "Schön wäre ein Export des Kalenders als Tabelle.",
  ],
};

const CLAUSES: readonly (readonly [string, readonly string[]])[] = [
  ["Invoices are due within thirty days of receipt.", ["payment"]],
  ["Late payment bears interest at the legal rate.", ["payment"]],
  ["The fee is due in advance, each month.", ["payment"]],
  ["Rechnungen sind innerhalb von dreißig Tagen zu zahlen.", ["payment"]],
  ["Either party may terminate this agreement with notice of one month.", ["termination"]],
  ["This agreement ends when the order has been delivered, without notice.", ["termination"]],
  ["The customer may terminate in writing at the end of a quarter.", ["termination"]],
  ["Both parties keep confidential what they learn of each other.", ["confidentiality"]],
  ["Confidential information is not shown to anybody else.", ["confidentiality"]],
  ["What is confidential stays so for five years.", ["confidentiality"]],
  ["Confidential papers are returned when a party terminates this agreement.", ["confidentiality", "termination"]],
  ["Unpaid invoices are due at once when a party terminates.", ["payment", "termination"]],
  ["The headings of this document have no meaning.", []],
  ["Notices are sent by post to the address on the first page.", []],
];

/** Entities stand as `<Category|text>`. */
const NOTES: readonly string[] = [
  "At 09:10 <System|checkout-api> began to answer with <ErrorCode|HTTP 503>. <Person|Priya Raman> restarted it.",
  "<System|orders-db> was full, clients saw <ErrorCode|DB-1017>. Repaired by <Person|Tom Okafor>.",
  "Since noon <System|mail-gateway> refuses mail with <ErrorCode|E-7301>. <Person|Mei Tanaka> looks into it.",
  "<System|checkout-api> was slow, then gave <ErrorCode|HTTP 504> to every second call.",
  "Restart of <System|login-service> after <ErrorCode|HTTP 500>, done by <Person|Anke Vogel>.",
  "<System|billing-worker> stopped with <ErrorCode|ERR_FORMAT>. <Person|Sam Carter> wrote this note.",
  "<System|orders-db> answers again, <ErrorCode|DB-1040> is gone. Thanks to <Person|Tom Okafor>.",
  "<System|mail-gateway> lost its certificate: <ErrorCode|E-7302>. New one by <Person|Mei Tanaka>.",
  "Two calls to <System|login-service> ended with <ErrorCode|HTTP 500>. Report by <Person|Priya Raman>.",
  "<System|billing-worker> is behind by an hour, no error. <Person|Sam Carter> watches it.",
];

const VISITS: readonly string[] = [
  "Seen at <Clinic|Riverside Practice>. The <Device|insulin pump> was replaced.",
  "Seen at <Clinic|Hillside Practice>. The inhaler was shown again.",
  "<Clinic|Riverside Practice>, control visit. <Device|insulin pump> works.",
  "<Clinic|Northgate Clinic>, first visit. No device.",
  "Sent to <Clinic|Northgate Clinic> for a new <Device|hearing aid>.",
  "Visit at <Clinic|Hillside Practice>: <Device|hearing aid> adjusted.",
  "<Clinic|Riverside Practice>: inhaler used twice daily.",
  "Called <Clinic|Northgate Clinic> about the <Device|insulin pump>.",
  "Back at <Clinic|Hillside Practice>, the inhaler was lost.",
  "Seen at <Clinic|Northgate Clinic>, the <Device|insulin pump> was set.",
];

interface Source {
  kind: string;
  texts: Texts;
  /** Beside `projectKind`: categories, and the labels of each document. */
  categories: object;
  labels: Readonly<Record<string, object>>;
}

const names = (categories: readonly string[]): object[] => categories.map((category) => ({ category }));

function marked(kind: string, entities: object[], prefix: string, sources: readonly string[]): Source {
  const read = sources.map((source, index) => {
    let text = "";
    const labels: object[] = [];
    for (const [index, part] of source.split(/<(\w+\|[^>]+)>/).entries()) {
      const [category = "", name = ""] = part.split("|");
      if (index % 2 === 1) labels.push({ category, offset: text.length, length: name.length });
      text += index % 2 === 1 ? name : part;
    }
    return { name: `${prefix}-${index + 1}.txt`, text, labels };
  });
  return {
    kind,
    texts: Object.fromEntries(read.map(({ name, text }) => [name, text])),
    categories: { entities },
    labels: Object.fromEntries(
      read.map(({ name, text, labels }) => [
        name,
        { entities: [{ regionOffset: 0, regionLength: text.length, labels }] },
      ]),
    ),
  };
}

const tickets = Object.entries(TICKETS).flatMap(([category, texts]) =>
  texts.map((text, index) => ({ name: `${category}-${index + 1}.txt`, text, category })),
);
const clauses = CLAUSES.map(([text, classes], index) => ({ name: `clause-${index + 1}.txt`, text, classes }));
const device = (listKey: string, ...values: string[]) => ({ listKey, synonyms: [{ language: "en", values }] });

const SOURCES: Readonly<Record<string, Source>> = {
  tickets: {
    kind: "CustomSingleLabelClassification",
    texts: Object.fromEntries(tickets.map(({ name, text }) => [name, text])),
    categories: { classes: names(Object.keys(TICKETS)) },
    labels: Object.fromEntries(tickets.map(({ name, category }) => [name, { class: { category } }])),
  },
  contracts: {
    kind: "CustomMultiLabelClassification",
    texts: Object.fromEntries(clauses.map(({ name, text }) => [name, text])),
    categories: { classes: names(["payment", "termination", "confidentiality"]) },
    labels: Object.fromEntries(clauses.map(({ name, classes }) => [name, { classes: names(classes) }])),
  },
  incidents: marked("CustomEntityRecognition", names(["System", "ErrorCode", "Person"]), "note", NOTES),
  visits: marked(
    "CustomHealthcare",
    [
      { category: "Clinic", compositionSetting: "separateComponents" },
      {
        category: "Device",
        compositionSetting: "combineComponents",
        list: {
          sublists: [
            device("insulin pump", "insulin pump"),
            device("hearing aid", "hearing aid", "hearing aids"),
            device("inhaler", "inhaler"),
          ],
        },
      },
      { category: "Medication", compositionSetting: "combineComponents", prebuilts: names(["MedicationName"]) },
    ],
    "visit",
    VISITS,
  ),
};

function sourceOf(project: string): Source {
  const source = SOURCES[project];
  if (source === undefined) throw new Error(`The tests have no project ${project}.`);
  return source;
}

/** The training texts of a project of the tests, by name. */
export function textsOf(project: string): Texts {
  return sourceOf(project).texts;
}

/** The labels of a project of the tests, as an import under a name of its own whose texts are in `container`. */
export function projectOf(project: string, projectName: string, container: string): OwnProject {
  const { kind, texts, categories, labels } = sourceOf(project);
  return {
    projectFileVersion: "2023-04-01",
    stringIndexType: "Utf16CodeUnit",
    metadata: {
      projectName,
      projectKind: kind,
      storageInputContainerName: container,
      language: "en",
      multilingual: true,
      description: `Made for the tests: ${project}`,
      settings: {},
    },
    assets: {
      projectKind: kind,
      ...categories,
      documents: Object.keys(texts).map((location) => ({
        location,
        language: "en",
        dataset: "Train",
        ...labels[location],
      })),
    },
  };
}

let folder: string | undefined;

/** A folder with `labels` and `training` of all projects, as `--projects` takes it; gone when the process ends. */
export function projectsFolder(): string {
  if (folder !== undefined) return folder;
  folder = mkdtempSync(join(tmpdir(), "own-projects-"));
  const made = folder;
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, "labels"));
  for (const project of Object.keys(SOURCES)) {
    mkdirSync(join(made, "training", project), { recursive: true });
    for (const [name, text] of Object.entries(textsOf(project))) {
      writeFileSync(join(made, "training", project, name), text);
    }
    const file = projectOf(project, project, `${project}-training`);
    writeFileSync(join(made, "labels", `${project}.json`), JSON.stringify(file));
  }
  return made;
}

/** Texts that no project has learned from. */
export const UNSEEN = {
  ticket: "My card was charged twice for one invoice. Please refund the second payment.",
  note: "Since 08:00 orders-db refuses writes with DB-1040. Written by Tom Okafor.",
};
