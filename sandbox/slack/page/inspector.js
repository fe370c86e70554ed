// What passed between the app and Slack: each envelope and call, its milliseconds, Slack's own errors.

import { records } from "./client.js";
import { h } from "./dom.js";

const KEPT = 200; // rows shown; the record itself keeps everything
const pane = document.getElementById("inspector");
const list = pane.querySelector("ol");
const sum = pane.querySelector("summary span");
let next = 0;
let reading = null;

/** Read what is new. One reading at a time: a second waits for the first. */
export async function inspect() {
  reading = (reading ?? Promise.resolve()).then(readOn, readOn);
  await reading;
}

async function readOn() {
  const found = await records(next);
  next = found.next;
  sum.textContent = `${found.next} calls and envelopes${found.refused ? `, ${found.refused} refused` : ""}`;
  sum.classList.toggle("refused", found.refused > 0);
  for (const one of found.records.slice(-KEPT)) list.prepend(row(one));
  while (list.children.length > KEPT) list.lastElementChild.remove();
}

function row(one) {
  const wrong = one.error && one.error !== "ok";
  return h(
    "li",
    { class: one.refused ? "refused" : wrong ? "failed" : "" },
    h(
      "details",
      {},
      h("summary", {}, h("span", { class: "kind" }, ARROWS[one.kind] ?? one.kind), h("span", { class: "name" }, one.name), h("span", { class: "ms" }, `${one.ms} ms`), wrong ? h("span", { class: "error" }, one.error) : null, one.warnings.map((warning) => h("span", { class: "advice" }, warning))),
      h("pre", {}, `sent ${JSON.stringify(one.sent, null, 2)}\n\nanswered ${JSON.stringify(one.answer, null, 2)}`),
    ),
  );
}

const ARROWS = { api: "app → Slack", delivery: "Slack → app", response_url: "app → Slack" };
