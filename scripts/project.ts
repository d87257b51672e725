/**
 * Creates, trains, deploys, shows and deletes projects of custom models, against any deployed app or the local stack.
 *
 *     npm run project -- create tickets --file project.json --url https://<app>.azurewebsites.net --code <key>
 */
import { type ProjectArguments, readArguments, USAGE } from "./project/arguments.ts";
import { runProject } from "./project/run-project.ts";

function argumentsOrUsage(): ProjectArguments | undefined {
  try {
    return readArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return undefined;
  }
}

const given = argumentsOrUsage();
try {
  process.exitCode = given === undefined ? 2 : await runProject(given, process.stdout);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
