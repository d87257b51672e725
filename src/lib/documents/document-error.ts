export interface DocumentErrorInit {
  code: string;
  /** What is wrong, in one sentence; never quotes the document's text. */
  message: string;
  /** What to do. */
  hint: string;
}

/** This document cannot be analysed as it is; it ends as a failure record and its neighbours go on. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: string;
  readonly hint: string;

  constructor(init: DocumentErrorInit) {
    super(init.message);
    this.code = init.code;
    this.hint = init.hint;
  }
}
