// One field for every kind of select: type to find, arrows and Enter to choose, several as chips.

import { freshId, h } from "./dom.js";

const PAUSE = 250; // milliseconds without a key before the app is asked for suggestions

/**
 * Make a select.
 *
 * options   [{ value, label, note?, group? }], or absent where `suggest` finds them
 * suggest   (query) -> promise of such options; `least` letters before it is asked
 * chosen    the values that stand now, with their labels
 * several   whether more than one may be chosen
 * choose    called with the value, or with the list of values
 */
export function picker({ key, label, placeholder, options, suggest, least = 0, chosen, several, invalid, describedBy, choose }) {
  const listId = freshId("list");
  const list = h("ul", { id: listId, role: "listbox", hidden: true, "aria-label": label, "aria-multiselectable": several ? "true" : null });
  const standing = several ? "" : (chosen[0]?.label ?? "");
  let offered = [];
  let active = -1;
  let timer = 0;

  const input = h("input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "data-key": key,
    "aria-label": label,
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-invalid": invalid ? "true" : null,
    "aria-describedby": describedBy,
    placeholder: placeholder || (suggest ? "Type to search" : "Choose an option"),
    value: standing,
    onfocus: () => input.select(),
    onclick: () => open(input.value === standing ? "" : input.value),
    oninput: () => open(input.value),
    onblur: () => setTimeout(close, 120), // a click on an option comes first
    onkeydown: pressed,
  });

  function show(found) {
    offered = found;
    active = found.findIndex((one) => chosen.some((has) => has.value === one.value));
    if (active < 0 || several) active = found.length ? 0 : -1;
    let group = null;
    const rows = [];
    found.forEach((one, place) => {
      if (one.group && one.group !== group) rows.push(h("li", { class: "group", role: "presentation" }, one.group));
      group = one.group ?? group;
      const has = chosen.some((other) => other.value === one.value);
      rows.push(
        h(
          "li",
          { id: `${listId}-${place}`, role: "option", "aria-selected": has ? "true" : "false", onmousedown: (event) => event.preventDefault(), onclick: () => take(one) },
          h("span", {}, one.label),
          one.note ? h("small", {}, one.note) : null,
        ),
      );
    });
    if (!rows.length) rows.push(h("li", { class: "group", role: "presentation" }, "Nothing found"));
    list.replaceChildren(...rows);
    unfold();
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  function open(query) {
    if (!suggest) {
      const wanted = query.trim().toLowerCase();
      show(options.filter((one) => one.label.toLowerCase().includes(wanted)));
      return;
    }
    clearTimeout(timer);
    if (query.length < least) {
      list.replaceChildren(h("li", { class: "group", role: "presentation" }, `Type at least ${least} letters`));
      unfold();
      return;
    }
    list.replaceChildren(h("li", { class: "group", role: "presentation" }, "Loading…"));
    unfold();
    timer = setTimeout(async () => {
      const found = await suggest(query);
      if (document.activeElement === input) show(found);
    }, query ? PAUSE : 0);
  }

  function close() {
    clearTimeout(timer);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    if (document.activeElement !== input && !several) input.value = standing;
  }

  // Over everything, so that a modal that scrolls does not cut it off; upwards where there is more room.
  function unfold() {
    const box = input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom;
    const upwards = below < 180 && box.top > below;
    Object.assign(list.style, {
      left: `${box.left}px`,
      width: `${box.width}px`,
      top: upwards ? "auto" : `${box.bottom + 2}px`,
      bottom: upwards ? `${window.innerHeight - box.top + 2}px` : "auto",
      maxHeight: `${Math.min(260, (upwards ? box.top : below) - 12)}px`,
    });
    list.hidden = false;
  }

  function mark() {
    for (const row of list.querySelectorAll('[role="option"]')) row.classList.toggle("active", row.id === `${listId}-${active}`);
    const row = document.getElementById(`${listId}-${active}`);
    if (row) {
      input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    }
  }

  function take(one) {
    list.hidden = true;
    if (!several) {
      input.value = one.label;
      choose(one.value, one);
      return;
    }
    const has = chosen.some((other) => other.value === one.value);
    choose(has ? chosen.filter((other) => other.value !== one.value).map((other) => other.value) : [...chosen.map((other) => other.value), one.value]);
  }

  function pressed(event) {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) open("");
      else if (offered.length) {
        active = (active + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
        mark();
      }
    } else if (event.key === "Enter" && isOpen && offered[active]) {
      event.preventDefault();
      take(offered[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault(); // the modal stays
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && several && !input.value && chosen.length) {
      choose(chosen.slice(0, -1).map((one) => one.value));
    }
  }

  const chips = several
    ? chosen.map((one) =>
        h("span", { class: "chip" }, one.label, h("button", { type: "button", "aria-label": `Take away ${one.label}`, onclick: () => choose(chosen.filter((other) => other !== one).map((other) => other.value)) }, "×")),
      )
    : [];
  return h("div", { class: several ? "picker several" : "picker" }, chips, input, list);
}
