import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { BANNER_KINDS } from "../../../src/page/banner-kinds.ts";
import { date, heldUp, idle, iso, pipeline, REASONS, still, world } from "../fixtures.ts";
import { pageForTests } from "../open-page.ts";

const open = pageForTests();

/** What is seen without scrolling or opening anything, as text. */
async function firstLook(page: Page): Promise<string> {
  return String(
    await page.evaluate(`(() => {
      const seen = [];
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const { top, bottom, width, height } = range.getBoundingClientRect();
        const isShown = node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        if (isShown && width > 1 && height > 1 && top >= 0 && bottom <= innerHeight) seen.push(node.textContent.trim());
      }
      return seen.filter((text) => text !== "").join(" ").replaceAll(" : ", ": ");
    })()`),
  );
}

const overdue = still("clauses", "overdue", {
  lanes: [{ lane: 0, running: true, overdueSeconds: 900, status: { state: "analysing", nextPollAt: iso(-900) } }],
});
const paused = still("clauses", "paused", {
  paused: { mode: "pause", by: "Jane", reason: "the model is being retrained", since: iso(-7200) },
  lanes: [{ lane: 0, running: true, status: { state: "paused" } }],
});
const forgotten = still("clauses", "idle", { lanes: [{ lane: 0, running: false }] });

/** Why a pipeline stands still, what a look must tell, and how the lane or the pipeline says the same. */
const CASES = [
  {
    title: "a wrong key",
    stuck: heldUp("clauses", "blocked", REASONS.key),
    kind: "access",
    told: [
      /clauses: The Language service refuses the key or the role/,
      /401/,
      /Check LANGUAGE_KEY/,
      /looks again at \d\d:\d\d/,
    ],
    badge: "blocked",
    chip: /2 lanes blocked: 401/,
  },
  {
    title: "the rate limit",
    stuck: heldUp("clauses", "throttled", REASONS.throttled),
    kind: "throttled",
    told: [
      /clauses: The rate limit holds a pipeline up/,
      /exceeded the rate limit/,
      /goes on at \d\d:\d\d/,
      /Nothing to do/,
    ],
    badge: "throttled",
    chip: /2 lanes throttled until \d\d:\d\d/,
  },
  {
    title: "a lane that is overdue",
    stuck: overdue,
    kind: "overdue",
    told: [/clauses: A lane is overdue/, /should have gone on 15 min ago/, /starts it anew within five minutes/],
    badge: "overdue",
    chip: /Lane 0 overdue by 15 min/,
  },
  {
    title: "a pause",
    stuck: paused,
    kind: "paused",
    told: [
      /clauses: A pipeline is paused/,
      /Paused by Jane: the model is being retrained\. 412 documents wait/,
      /\(2 h\)/,
      /Resume…/,
    ],
    badge: "paused",
    chip: /Lane 0 paused/,
  },
  {
    title: "a deployment that has expired",
    stuck: heldUp("clauses", "blocked", REASONS.expired),
    kind: "expired",
    told: [
      /clauses: A deployment has expired/,
      /The deployment production has expired/,
      /npm run project -- renew clauses/,
    ],
    badge: "blocked",
    chip: /2 lanes blocked: DeploymentExpired/,
  },
  {
    title: "lanes that nobody opens",
    stuck: forgotten,
    kind: "stalled",
    told: [/clauses: Documents wait and no lane runs/, /412 documents wait, the oldest for 25 min/],
    badge: "idle",
    chip: /Lane 0 closed/,
  },
] as const;

describe("why a pipeline stands still is seen within one look:", () => {
  it.for(CASES)("$title", async ({ stuck, kind, told, badge, chip }, test) => {
    const answers = world({ pipelines: { at: iso(0), pipelines: [stuck, pipeline("tickets"), idle("contracts")] } });
    const { page } = await open(test, { world: answers });
    const banner = page.locator(".banner");
    await banner.waitFor();
    const look = await firstLook(page);
    for (const words of told) expect(look).toMatch(words);
    // It is the only thing that the page asks to be looked at, and other pipelines are not named in it.
    expect(await banner.count()).toBe(1);
    expect(await banner.getAttribute("data-kind")).toBe(kind);
    expect(await banner.textContent()).not.toMatch(/tickets|contracts/);
    const card = page.locator("[data-pipeline=clauses]");
    expect(await card.locator("header .badge").textContent()).toBe(badge);
    expect(await card.locator(".lanes").textContent()).toMatch(chip);
    // What to do is a click away, and is the section of docs/operations.md.
    await page.getByText("What to do").click();
    expect((await banner.locator("pre").first().textContent())?.trim()).toMatch(/^(?:az|curl|npm) /);
    expect(await banner.locator("h3").textContent()).toContain(BANNER_KINDS[kind].title);
  });

  it("a deployment that expires soon is told of before it holds anything up", async (test) => {
    const answers = world();
    answers.models.deployments = [
      {
        endpoint: "https://westeurope.example",
        project: "clauses",
        source: "authoring",
        deployment: "production",
        pipelines: ["contracts"],
        state: "expiring",
        expiresOn: date(24),
        daysLeft: 24,
      },
    ];
    const { page } = await open(test, { world: answers });
    await page.locator(".banner").waitFor();
    expect(await firstLook(page)).toMatch(
      /contracts: A deployment expires soon .*expires in 24 days.*npm run project -- renew clauses/s,
    );
  });
});
