/**
 * Creates, trains, deploys, shows and deletes projects of custom models, against any deployed app or the local stack.
 *
 *     npm run project -- create tickets --file project.json --url https://<app>.azurewebsites.net --code <key>
 */
import { runCommand } from "../dev/command-line.ts";
import { readArguments } from "./project/arguments.ts";
import { runProject } from "./project/run-project.ts";

await runCommand(async () => {
  process.exitCode = await runProject(readArguments(process.argv.slice(2), process.env), process.stdout);
}, 2);
