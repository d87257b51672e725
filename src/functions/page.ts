import { fileURLToPath } from "node:url";
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { routes } from "../lib/api/routes.ts";
import { type PageAssets, readPageAssets, servePage } from "../lib/status/page-assets.ts";
import { endpoint } from "./bindings/http.ts";

/** Beside the compiled app: `dist/page`. */
const FOLDER = fileURLToPath(new URL("../../page", import.meta.url));

let assets: PageAssets | undefined;

function serve(path: string, { headers }: HttpRequest): HttpResponseInit {
  assets ??= readPageAssets(FOLDER);
  return servePage(assets, path, (name) => headers.get(name));
}

endpoint(routes.statusPage, async ({ request }) => {
  // The files stand beside the page: with a slash at its end their addresses would be others.
  if (new URL(request.url).pathname.endsWith("/")) return { status: 308, headers: { location: "../status" } };
  return serve("", request);
});

endpoint(routes.statusFile, async ({ request, param }) => serve(`${param("version")}/${param("file")}`, request));
