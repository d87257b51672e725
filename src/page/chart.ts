import { html, type View } from "./view.ts";

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
export function Chart({ title, summary, values, bad = [], limit }: ChartProps): View {
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
