import { LanguageError } from "../language-error.ts";

/** What a deletion answers; undefined when there was nothing to delete, which is as good. */
export async function orMissing<Result>(deletion: Promise<Result>): Promise<Result | undefined> {
  try {
    return await deletion;
  } catch (error) {
    if (error instanceof LanguageError && error.status === 404 && error.class === "document") return undefined;
    throw error;
  }
}
