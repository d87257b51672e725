/**
 * The app or its configuration cannot run as it is: the message names the function, setting or file, what was found and
 * what is expected.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}
