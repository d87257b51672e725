/** A process with a host of `apps/tiny`, for tests that kill it: prints its address, stops on SIGTERM. */
import { startTiny } from "./tiny-app.ts";

const [connectionString = "", dataDirectory = ""] = process.argv.slice(2);
const host = await startTiny(connectionString, { dataDirectory, messageLockSeconds: 2, log: () => {} });
process.once("SIGTERM", () => void host.stop().then(() => process.exit(0)));
process.stdout.write(`${host.url}\n`);
