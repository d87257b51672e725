/** A number from a text and a seed, evenly spread over 0 ≤ x < 1; the same for the same (FNV-1a, then a mixer). */
export function fraction(seed: number, key: string): number {
  let hash = 2166136261 ^ seed;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 16777619);
  return mix(hash) / 4294967296;
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 2246822507);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 3266489909);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * A stream of random numbers of its own for each purpose. What one purpose draws does not move what another gets, so a plan
 * with one fault less stays the same in all the rest: that is what makes a failing run shrink.
 */
export class Random {
  readonly #seed: number;
  readonly #purpose: string;
  #drawn = 0;

  constructor(seed: number, purpose: string) {
    this.#seed = seed;
    this.#purpose = purpose;
  }

  /** 0 ≤ x < 1. */
  next(): number {
    return fraction(this.#seed, `${this.#purpose} ${this.#drawn++}`);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Nothing to pick from");
    return items[Math.floor(this.next() * items.length)] as T;
  }

  /** `bytes` of noise, for identifiers. */
  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => Math.floor(this.next() * 256)));
  }
}
