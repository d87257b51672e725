import htm from "htm";
import { type ComponentChildren, h, type VNode } from "preact";

/**
 * HTML of the page, as nodes: what stands in `${}` is text or a node, never markup, so no name and no document can bring
 * any. Components go in as `${h(Component, { … })}`, which the compiler checks; a tag in the template it cannot.
 */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => VNode = htm.bind(h) as never;

/** What a component gives to show. */
export type View = ComponentChildren;
