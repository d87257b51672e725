/** Versions of the training configuration (Microsoft documentation, "Model lifecycle": one for custom text). */
export const TRAINING_CONFIGS: readonly string[] = ["2022-05-01"];

/** Months that models of a configuration can be trained and deployed, counted from today, as no newer one is near. */
const MODEL_MONTHS = 6;
/** Months that a deployment outlives the configuration ("twelve months from the training config expiration"). */
const DEPLOYMENT_MONTHS = 12;

/** The dated version that a request means; undefined when there is none of that name. */
export function findTrainingConfig(version: string): string | undefined {
  return version === "latest" ? TRAINING_CONFIGS.at(-1) : TRAINING_CONFIGS.find((known) => known === version);
}

/** When a model of a configuration expires. @param now milliseconds since 1970 */
export function modelExpiry(now: number): string {
  return dateInMonths(now, MODEL_MONTHS);
}

/** When a deployment of such a model expires. @param now milliseconds since 1970 */
export function deploymentExpiry(now: number): string {
  return dateInMonths(now, MODEL_MONTHS + DEPLOYMENT_MONTHS);
}

/** A date, as `2026-10-28`. */
function dateInMonths(now: number, months: number): string {
  const date = new Date(now);
  date.setUTCMonth(date.getUTCMonth() + months, 1);
  return date.toISOString().slice(0, 10);
}
