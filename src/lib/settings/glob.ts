/**
 * Globs for names of documents, matched in time that grows with the pattern times the name, whatever both are (with the
 * square of the name for `!(…)`): the libraries for globs make regular expressions of them, which backtrack for half a
 * minute over `*-*-*-*.txt` and a name of a thousand dashes, and a name comes from whoever drops a file.
 *
 * Names are data, not paths of this machine: upper and lower case differ, a leading dot hides nothing, `.` and `..` are
 * names like any other, a backslash in a name is a character, and wildcards take line breaks.
 */

/** What a part of a pattern makes of the places in a name that it may begin at: the places where it may end. */
type Part = (name: string, starts: Places) => Places;
/** One flag for each place between two characters of a name. */
type Places = Uint8Array;

/** Longer than any name of a blob (1,024 characters), with room for alternatives. */
const LONGEST = 4096;
/** `((((…` is refused before it can exhaust the stack. */
const DEEPEST = 16;

/** A pattern that can be held against names. */
export type Glob = (name: string) => boolean;

/**
 * Reads a glob: `*`, `?`, `**` as a whole segment, `[a-z]`, `[!a-z]`, `{a,b}`, `@(a|b)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`, a
 * backslash before a character that shall stand for itself, and `!` before the whole pattern.
 * @returns undefined for one that cannot be understood: an open bracket, a range such as `{1..9}`, an empty pattern
 */
export function parseGlob(glob: string): Glob | undefined {
  if (glob.length > LONGEST) return undefined;
  const negated = glob.startsWith("!") && !glob.startsWith("!(");
  const parser = new Parser(negated ? glob.slice(1) : glob);
  const whole = parser.parse();
  if (whole === undefined) return undefined;
  return (name) => {
    const ends = whole(name, only(name, 0));
    return (ends[name.length] === 1) !== negated;
  };
}

function only(name: string, place: number): Places {
  const places = new Uint8Array(name.length + 1);
  places[place] = 1;
  return places;
}

class Parser {
  readonly #glob: string;
  #at = 0;
  #depth = 0;

  constructor(glob: string) {
    this.#glob = glob;
  }

  parse(): Part | undefined {
    if (this.#glob === "") return undefined;
    const whole = this.#sequence("");
    return this.#at === this.#glob.length ? whole : undefined;
  }

  /** Parts up to one of the characters that close a group. */
  #sequence(closers: string): Part | undefined {
    const parts: Part[] = [];
    const begin = this.#at;
    while (this.#at < this.#glob.length && !closers.includes(this.#glob.charAt(this.#at))) {
      const part = this.#part(begin, closers);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return (name, starts) => parts.reduce((places, part) => part(name, places), starts);
  }

  #part(begin: number, closers: string): Part | undefined {
    const character = this.#glob.charAt(this.#at);
    const next = this.#glob.charAt(this.#at + 1);
    if ("@?*+!".includes(character) && next === "(") return this.#group(character, 2, "|)");
    this.#at++;
    switch (character) {
      case "*":
        return this.#stars(begin, closers);
      case "?":
        return oneOf((found) => found !== "/");
      case "[":
        return this.#class();
      case "{":
        return this.#group("@", 0, ",}");
      case "(":
        return this.#group("@", 0, "|)");
      case "\\":
        return next === "" ? undefined : literal(this.#glob.charAt(this.#at++));
      default:
        return ")]}".includes(character) ? undefined : literal(character);
    }
  }

  /** `**` that fills a segment takes any number of segments; elsewhere it is one star. */
  #stars(begin: number, closers: string): Part {
    const first = this.#at - 1;
    while (this.#glob.charAt(this.#at) === "*" && this.#glob.charAt(this.#at + 1) !== "(") this.#at++;
    const before = first === begin ? "" : this.#glob.charAt(first - 1);
    const after = this.#glob.charAt(this.#at);
    const fills = (before === "" || before === "/") && (after === "" || after === "/" || closers.includes(after));
    if (this.#at - first < 2 || !fills) return this.#star(first, begin, closers);
    if (after !== "/") return anything;
    this.#at++;
    return segments;
  }

  /** A star that fills a segment takes at least one character: `a/*` leaves `a/`. */
  #star(first: number, begin: number, closers: string): Part {
    const before = first === begin ? "/" : this.#glob.charAt(first - 1);
    const after = this.#glob.charAt(this.#at);
    const fills = before === "/" && (after === "" || after === "/" || closers.includes(after));
    return fills ? someOfSegment : anyOfSegment;
  }

  #class(): Part | undefined {
    const close = this.#glob.indexOf("]", this.#at + (/^[!^]?\]/.exec(this.#glob.slice(this.#at))?.[0].length ?? 0));
    if (close < 0) return undefined;
    const negated = "!^".includes(this.#glob.charAt(this.#at));
    const inside = this.#glob.slice(this.#at + (negated ? 1 : 0), close);
    this.#at = close + 1;
    const ranges = [...inside.matchAll(/\\?(.)(?:-\\?(.))?/gs)].map(([, from = "", to = from]) => [from, to]);
    return oneOf(
      (found) => found !== "/" && ranges.some(([from = "", to = ""]) => found >= from && found <= to) !== negated,
    );
  }

  /** Alternatives up to the closing character. @param kind the character before `(` */
  #group(kind: string, skip: number, closers: string): Part | undefined {
    this.#at += skip;
    if (++this.#depth > DEEPEST) return undefined;
    const [separator = "", close = ""] = closers;
    const alternatives: Part[] = [];
    const begin = this.#at;
    do {
      const part = this.#sequence(closers);
      if (part === undefined) return undefined;
      alternatives.push(part);
    } while (this.#glob.charAt(this.#at++) === separator);
    this.#depth--;
    if (this.#glob.charAt(this.#at - 1) !== close) return undefined;
    const isRange = close === "}" && alternatives.length === 1 && this.#glob.slice(begin, this.#at).includes("..");
    return isRange ? undefined : repeated(kind, union(alternatives));
  }
}

function literal(character: string): Part {
  return oneOf((found) => found === character);
}

function oneOf(accepts: (character: string) => boolean): Part {
  return (name, starts) => {
    const ends = new Uint8Array(starts.length);
    for (let place = 0; place < name.length; place++) {
      if (starts[place] === 1 && accepts(name.charAt(place))) ends[place + 1] = 1;
    }
    return ends;
  };
}

/** Any number of characters of one segment. */
const anyOfSegment: Part = (name, starts) => {
  const ends = starts.slice();
  for (let place = 0; place < name.length; place++) {
    if (ends[place] === 1 && name.charAt(place) !== "/") ends[place + 1] = 1;
  }
  return ends;
};

const someOfSegment: Part = (name, starts) => anyOfSegment(name, oneOf((found) => found !== "/")(name, starts));

/** Whatever follows, further segments included. */
const anything: Part = (_name, starts) => {
  const first = starts.indexOf(1);
  return first < 0 ? starts : starts.slice().fill(1, first);
};

/** `**` with the slash behind it: nothing, or everything up to a slash. */
const segments: Part = (name, starts) => {
  const ends = starts.slice();
  const first = starts.indexOf(1);
  for (let place = first; first >= 0 && place < name.length; place++) {
    if (name.charAt(place) === "/") ends[place + 1] = 1;
  }
  return ends;
};

function union(parts: readonly Part[]): Part {
  return (name, starts) => {
    const ends = new Uint8Array(starts.length);
    for (const part of parts) add(ends, part(name, starts));
    return ends;
  };
}

/** Adds places. @returns whether any was new */
function add(to: Places, more: Places): boolean {
  let grew = false;
  for (let place = 0; place < more.length; place++) {
    if (more[place] !== 1 || to[place] === 1) continue;
    to[place] = 1;
    grew = true;
  }
  return grew;
}

/** A group with the character before it: `@` once, `?` at most once, `+` once or more, `*` any number, `!` anything else. */
function repeated(kind: string, group: Part): Part {
  if (kind === "@") return group;
  if (kind === "!") return otherThan(group);
  return (name, starts) => {
    const ends = kind === "+" ? new Uint8Array(starts.length) : starts.slice();
    let fresh = group(name, starts);
    while (add(ends, fresh) && kind !== "?") fresh = group(name, ends);
    return ends;
  };
}

/** For each start: every end in the segment that the group does not reach from there. */
function otherThan(group: Part): Part {
  return (name, starts) => {
    const ends = new Uint8Array(starts.length);
    for (let start = 0; start <= name.length; start++) {
      if (starts[start] !== 1) continue;
      const taken = group(name, only(name, start));
      for (let end = start; end <= name.length; end++) {
        if (taken[end] !== 1) ends[end] = 1;
        if (name.charAt(end) === "/") break;
      }
    }
    return ends;
  };
}
