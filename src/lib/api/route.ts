import type { z } from "zod";

type Method = "GET" | "PUT" | "POST" | "DELETE";

/** One call of the HTTP API: what it is named, takes and answers. */
export interface Route<Query extends z.ZodObject = z.ZodObject, Body extends z.ZodType = z.ZodType> {
  /** The function's name. */
  name: string;
  method: Method;
  /** Below `/api/`, as the host writes it: `documents/{*name}`. */
  route: string;
  /** Whose key it takes; `admin`: the app's master key. */
  authLevel: "anonymous" | "function" | "admin";
  /** One line. */
  summary: string;
  query: Query;
  /** What a body holds; absent: it is not read as JSON of ours. */
  body?: Body;
  /** By status. Errors are problem details. */
  answers: Readonly<Record<number, z.ZodType>>;
  /** Of what is answered; absent: JSON. */
  contentType?: string;
}

/** Keeps the types of what a route takes. */
export function route<Query extends z.ZodObject, Body extends z.ZodType = z.ZodUndefined>(
  one: Route<Query, Body>,
): Route<Query, Body> {
  return one;
}
