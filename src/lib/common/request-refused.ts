/** What is wrong with a request, in words for whoever sent it. */
export interface Refusal {
  /** For programs; it never changes. */
  code: string;
  message: string;
  hint: string;
  /** Each thing that is wrong, where there may be several. */
  problems?: readonly object[] | undefined;
  /** What else the answer says, by name. */
  about?: object;
}

/** An HTTP request that cannot be done as it was sent. Its answer is one of problem details (RFC 9457). */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  /** HTTP status, 400 to 599. */
  readonly status: number;
  readonly refusal: Refusal;

  constructor(status: number, refusal: Refusal) {
    super(refusal.message);
    this.status = status;
    this.refusal = refusal;
  }
}
