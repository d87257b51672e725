import { SettingsError } from "../../src/lib/common/problems.ts";
import { surroundings } from "../engine/current.ts";

// In place of src/lib/app.ts where functions import it: each simulated process has an app of its own.

export function app(): unknown {
  return surroundings().app();
}

export function settingsProblem(): SettingsError | undefined {
  try {
    app();
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}
