// The stack of modals, and the confirm dialog before an act.

import { blocks } from "./blocks.js";
import { h, redraw } from "./dom.js";
import { sendDrafts } from "./elements.js";
import { bare } from "./text.js";

const dialog = document.getElementById("modal");
const asking = document.getElementById("ask");
// Fields whose text lives in the page while it is typed.
const TYPED = new Set(["plain_text_input", "rich_text_input", "number_input", "email_text_input", "url_text_input"]);
let drawn = "";
let leave = () => {};

// Escape closes it as the X does: through the app.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});

/** Draw the topmost modal; `place` is where its elements act. */
export function drawModal(seen, place, busy) {
  const view = seen.modal;
  leave = () => place.act("close", { everything: true });
  if (!view) {
    drawn = "";
    if (dialog.open) {
      dialog.close();
      // Chromium takes no text in a field that had the focus behind a dialog, until it is given anew.
      const field = document.activeElement;
      field?.blur();
      field?.focus({ preventScroll: true });
    }
    return;
  }
  // What is typed stands in the page: only what else changed is drawn anew.
  const { hash: _hash, state, ...rest } = view;
  const standing = JSON.stringify(state, (_, value) => (TYPED.has(value?.type) ? value.type : value));
  const signature = JSON.stringify([rest, standing, seen.errors, seen.notice, seen.warnings, [...busy], seen.modals.length]);
  if (signature === drawn && dialog.open) return;
  const isNew = !dialog.open || dialog.dataset.view !== view.id;
  drawn = signature;
  dialog.dataset.view = view.id;
  const waits = busy.has("submit");
  const submit = async () => {
    await sendDrafts(place);
    await place.act("submit", {}, "submit");
  };
  place.submit = submit;
  redraw(
    dialog,
    h("header", {}, h("h2", { id: "modal-title" }, bare(view.title)), h("button", { type: "button", class: "x", "aria-label": "Close", "data-key": "close-all", onclick: () => leave() }, "×")),
    seen.notice ? h("div", { class: "banner", role: "alert" }, seen.notice) : null,
    h("div", { class: "blocks", "data-scroll": view.id }, blocks(view.blocks, place)),
    h(
      "footer",
      {},
      h("button", { type: "button", class: "button", "data-key": "close", onclick: () => place.act("close", {}) }, bare(view.close) || (view.submit ? "Cancel" : "Close")),
      view.submit ? h("button", { type: "button", class: "button primary", "data-key": "submit", disabled: waits, onclick: submit }, bare(view.submit), waits ? h("span", { class: "spinner" }) : null) : null,
    ),
  );
  if (!dialog.open) dialog.showModal();
  if (isNew) (dialog.querySelector("[autofocus], .blocks input, .blocks textarea, .blocks button") ?? dialog.querySelector("footer .primary"))?.focus({ preventScroll: true });
}

/** Ask before an act; whether the person agreed. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const end = (answer) => {
      asking.close();
      resolve(answer);
    };
    asking.oncancel = () => resolve(false);
    redraw(
      asking,
      h("h2", {}, bare(confirm.title)),
      h("p", {}, bare(confirm.text)),
      h(
        "footer",
        {},
        h("button", { type: "button", class: "button", onclick: () => end(false) }, bare(confirm.deny) || "Cancel"),
        h("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, onclick: () => end(true) }, bare(confirm.confirm) || "Yes"),
      ),
    );
    asking.showModal();
  });
}
