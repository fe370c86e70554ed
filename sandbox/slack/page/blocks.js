// Blocks, as Slack draws them.

import { fileAddress } from "./client.js";
import { h } from "./dom.js";
import { element, fieldId } from "./elements.js";
import { bare, rich, safeAddress, words } from "./text.js";

/** Draw the blocks of a view or a message. */
export function blocks(list, place) {
  return (list ?? []).map((block) => {
    const make = MAKERS[block.type];
    const made = make ? make(block, place) : `[${block.type} cannot be shown here]`;
    return h("div", { class: `block ${block.type}`, "data-block": block.block_id }, made);
  });
}

function section(block, place) {
  return [
    h("div", { class: "body" }, block.text ? h("div", { class: "text" }, words(block.text)) : null, block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, words(field)))) : null),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, place)) : null,
  ];
}

function input(block, place) {
  const wrong = place.errors?.[block.block_id];
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const label = [bare(block.label), block.optional ? h("small", {}, " (optional)") : null];
  return [
    grouped ? h("div", { class: "label" }, label) : h("label", { class: "label", for: fieldId(block, place) }, label),
    element(block.element, block, place),
    wrong ? h("div", { class: "wrong", role: "alert", id: `wrong-${place.id}-${block.block_id}` }, wrong) : null,
    block.hint ? h("div", { class: "hint" }, words(block.hint)) : null,
  ];
}

function image(block) {
  const address = block.slack_file ? fileAddress(block.slack_file.id ?? "") : safeAddress(block.image_url ?? "");
  return h("figure", {}, block.title ? h("figcaption", {}, words(block.title)) : null, h("img", { src: address, alt: block.alt_text }));
}

function table(block) {
  const align = (column) => block.column_settings?.[column]?.align ?? "left";
  const cell = (tag) => (one, column) => h(tag, { style: `text-align: ${align(column)}` }, one.type === "rich_text" ? rich(one) : (one.text ?? ""));
  const [head, ...rows] = block.rows;
  return h("div", { class: "scrolls" }, h("table", {}, h("thead", {}, h("tr", {}, head.map(cell("th")))), h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td")))))));
}

const MAKERS = {
  section,
  input,
  image,
  table,
  header: (block) => h("h3", {}, words(block.text)),
  divider: () => h("hr"),
  context: (block, place) => block.elements.map((one) => (one.type === "image" ? element(one, block, place) : h("span", {}, words(one)))),
  actions: (block, place) => block.elements.map((one) => h("span", {}, element(one, block, place))),
  rich_text: (block) => rich(block),
  markdown: (block) => h("div", { class: "text" }, words({ type: "mrkdwn", text: block.text })),
};
