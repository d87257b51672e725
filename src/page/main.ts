import { h, render } from "preact";
import { Api } from "./api.ts";
import { App } from "./app.ts";

const root = document.getElementById("page");
if (root !== null) {
  root.replaceChildren();
  render(h(App, { api: new Api() }), root);
}
