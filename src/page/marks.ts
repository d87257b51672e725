/** A marked part of a document. Positions are UTF-16 code units of the whole text. */
export interface Span {
  /** Of its element, so that links can lead to it. */
  id: string;
  offset: number;
  length: number;
  label: string;
}

/** A part of the text inside a mark. */
export interface Mark {
  span: Span;
  /** A part that goes on from a mark before it: marks that cross each other are cut where they cross. */
  continued: boolean;
  children: (string | Mark)[];
}

/** Records are made by whatever answered: no answer may make the page endless. Beyond these a mark is only in the list. */
const MOST_MARKS = 1000;
const DEEPEST = 8;

interface Piece {
  span: Span;
  start: number;
  end: number;
  continued: boolean;
}

/**
 * Cuts a text at the borders of its marks, so that each mark stands inside the ones around it.
 * @param text a part of the document @param from where that part begins in the document
 */
export function markText(text: string, from: number, spans: readonly Span[]): (string | Mark)[] {
  const to = from + text.length;
  const pieces = spans
    .filter(({ offset, length }) => length > 0 && offset < to && offset + length > from)
    .slice(0, MOST_MARKS)
    .map((span) => ({
      span,
      start: Math.max(span.offset, from),
      end: Math.min(span.offset + span.length, to),
      continued: span.offset < from,
    }));
  return build(text, from, { start: from, end: to, pieces: pieces.sort(comparePieces), depth: 0 });
}

interface Stretch {
  start: number;
  end: number;
  /** Sorted; all within. */
  pieces: Piece[];
  depth: number;
}

function build(text: string, from: number, { start, end, pieces, depth }: Stretch): (string | Mark)[] {
  const nodes: (string | Mark)[] = [];
  const open = depth < DEEPEST ? pieces : [];
  let at = start;
  const say = (until: number): void => {
    if (until > at) nodes.push(text.slice(at - from, until - from));
    at = until;
  };
  for (let piece = open.shift(); piece !== undefined; piece = open.shift()) {
    say(piece.start);
    const inside: Piece[] = [];
    const after: Piece[] = [];
    while (open[0] !== undefined && open[0].start < piece.end) {
      const next = open.shift();
      if (next === undefined) break;
      inside.push({ ...next, end: Math.min(next.end, piece.end) });
      if (next.end > piece.end) after.push({ ...next, start: piece.end, continued: true });
    }
    open.unshift(...after);
    open.sort(comparePieces);
    const { span, continued } = piece;
    const children = build(text, from, { start: piece.start, end: piece.end, pieces: inside, depth: depth + 1 });
    nodes.push({ span, continued, children });
    at = piece.end;
  }
  say(end);
  return nodes;
}

/** The longer of two that begin together is around the other. */
function comparePieces(one: Piece, other: Piece): number {
  return one.start - other.start || other.end - one.end;
}

/** There are eight looks; with more labels than that some look alike, and only their words tell them apart. */
const LOOKS = 8;

/** How each label looks: the same everywhere in a record. Gives the class of its look. */
export function looksOf(labels: readonly string[]): (label: string) => string {
  const order = new Map([...new Set(labels)].map((label, index) => [label, index % LOOKS]));
  return (label) => `tone-${order.get(label) ?? 0}`;
}
