import { fileURLToPath } from "node:url";
import { type PageAssets, readPageAssets, servePage } from "../lib/status/page-assets.ts";
import { endpoint } from "./bindings/http.ts";

/** Beside the compiled app: `dist/page`. */
const FOLDER = fileURLToPath(new URL("../../page", import.meta.url));

let assets: PageAssets | undefined;

/** Anonymous, since a browser that opens an address can send no key: what it gets are files, which say nothing of the app. */
endpoint(
  "statusPage",
  { route: "status/{*file}", methods: ["GET"], authLevel: "anonymous" },
  async ({ params, headers }) => {
    assets ??= readPageAssets(FOLDER);
    return servePage(assets, params.file ?? "", (name) => headers.get(name));
  },
);
