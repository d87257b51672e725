/** UTF-16 code units that are kept, about twice as many bytes at the most: the texts of 32 full jobs. */
const MOST_CHARACTERS = 4_000_000;

interface Kept {
  texts: readonly { id: string; text: string }[];
  characters: number;
}

/**
 * The texts that this process has just stored, so that it need not read them back to send them and to find what was said
 * of them. Each is stored under a name that is never used for other texts. The oldest go first; another process reads
 * what is stored.
 */
export class TextCache {
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  put(name: string, texts: Kept["texts"]): void {
    this.drop(name);
    const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
    this.#kept.set(name, { texts, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= MOST_CHARACTERS) break;
      this.drop(oldest);
    }
  }

  get(name: string): Kept["texts"] | undefined {
    return this.#kept.get(name)?.texts;
  }

  drop(name: string): void {
    this.#characters -= this.#kept.get(name)?.characters ?? 0;
    this.#kept.delete(name);
  }
}
