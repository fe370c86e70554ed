// Every element a block can hold: what it looks like, and what the person does with it.
//
// `place` says where it stands and what to do:
//   on, ts      the surface, as the control API names it; `id` sets it apart from others
//   values      what stands in its fields (state.values)
//   errors      texts under fields, by block_id; `warned` elements that the app did not answer
//   drafts      what is typed and not sent yet, by key; kept while the surface is drawn anew
//   act         (verb, args) -> the screen afterwards; `ask` opens a confirm dialog
//   busy        keys of elements that wait for the app

import { freshId, h } from "./dom.js";
import { picker } from "./picker.js";
import { bare, safeAddress, words } from "./text.js";

const SUGGESTS_AFTER = 3; // Slack: min_query_length unless it says otherwise
const PAUSE = 300; // milliseconds without a key before what was typed is sent on each letter

/** Make an element of a block. */
export function element(one, block, place) {
  const make = MAKERS[one.type];
  return make ? make(one, block, place) : h("span", { class: "unknown" }, `[${one.type} cannot be shown here]`);
}

/** The text that a person typed into a field and that is not sent yet, else what stands there. */
function typed(place, one, block) {
  return place.drafts.get(keyOf(one, block, place)) ?? entry(one, block, place).value ?? "";
}

/** Send what was typed on a surface and not sent yet. */
export async function sendDrafts(place) {
  for (const [key, text] of [...place.drafts]) {
    const [id, block_id, action_id] = JSON.parse(key);
    if (id !== place.id) continue;
    await place.act("type", { action_id, block_id, text, on: place.on });
    if (place.drafts.get(key) === text) place.drafts.delete(key);
  }
}

function keyOf(one, block, place) {
  return JSON.stringify([place.id, block.block_id, one.action_id]);
}

function entry(one, block, place) {
  return place.values?.[block.block_id]?.[one.action_id] ?? {};
}

function aim(one, block, place) {
  const args = { action_id: one.action_id, block_id: block.block_id, on: place.on };
  return place.ts ? { ...args, ts: place.ts } : args;
}

function common(one, block, place) {
  const wrong = place.errors?.[block.block_id];
  return {
    "data-key": keyOf(one, block, place),
    "aria-label": block.label ? null : (bare(one.placeholder) || one.accessibility_label || one.action_id),
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? `wrong-${place.id}-${block.block_id}` : null,
    id: block.label ? fieldId(block, place) : null,
  };
}

/** The id by which a label finds its field. */
export function fieldId(block, place) {
  return `field-${place.id}-${block.block_id}`;
}

function mayAct(one, place) {
  return one.confirm ? place.ask(one.confirm) : Promise.resolve(true);
}

function triangle(one, block, place) {
  const warned = place.warned?.some(([block_id, action_id]) => block_id === block.block_id && action_id === one.action_id);
  return warned ? h("span", { class: "triangle", title: "The app did not respond. Try again." }, "⚠") : null;
}

function button(one, block, place) {
  const key = keyOf(one, block, place) + (one.value ?? "");
  const waits = place.busy.has(key);
  const press = async () => {
    if (!(await mayAct(one, place))) return;
    if (one.url) window.open(safeAddress(one.url), "_blank", "noreferrer");
    await place.act("click", { ...aim(one, block, place), ...(one.value ? { value: one.value } : {}) }, key);
  };
  return [
    h("button", { type: "button", class: `button ${one.style ?? ""}`, "data-key": key, disabled: waits, "aria-label": one.accessibility_label, onclick: press }, words(one.text), waits ? h("span", { class: "spinner" }) : null),
    triangle(one, block, place),
  ];
}

function textInput(one, block, place, type) {
  const key = keyOf(one, block, place);
  const causes = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = async (enter) => {
    const text = place.drafts.get(key);
    if (text === undefined && !enter) return;
    await place.act("type", { ...aim(one, block, place), text: text ?? typed(place, one, block), enter });
    if (place.drafts.get(key) === text) place.drafts.delete(key);
  };
  let timer = 0;
  const props = {
    ...common(one, block, place),
    placeholder: bare(one.placeholder) || null,
    value: typed(place, one, block),
    autofocus: one.focus_on_load ?? null,
    oninput: (event) => {
      place.drafts.set(key, event.target.value);
      clearTimeout(timer);
      if (block.dispatch_action && causes.includes("on_character_entered")) timer = setTimeout(() => send(false), PAUSE);
    },
    onchange: () => send(false),
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing || one.multiline) return;
      event.preventDefault();
      event.stopPropagation();
      if (block.dispatch_action) send(true);
      else place.submit?.();
    },
  };
  if (type === "textarea") {
    const { value, ...rest } = props;
    return h("textarea", { ...rest, rows: "4" }, value);
  }
  return h("input", { ...props, type, ...(type === "number" ? { type: "text", inputmode: "decimal" } : {}) });
}

function select(one, block, place, { several, options, suggest, label }) {
  const now = entry(one, block, place);
  const raw = new Map();
  const known = (found) => {
    for (const option of found) raw.set(option.value, option.raw ?? option.value);
    return found;
  };
  const standing = Object.entries(now).find(([name]) => name.startsWith("selected_"))?.[1];
  const chosen = known((Array.isArray(standing) ? standing : standing ? [standing] : []).map((value) => (typeof value === "object" ? optionOf(value) : { value, label: label(value) })));
  if (options) known(options);
  const { id, "data-key": key, "aria-invalid": invalid, "aria-describedby": describedBy } = common(one, block, place);
  const made = picker({
    key,
    label: bare(block.label) || bare(one.placeholder) || one.action_id,
    placeholder: bare(one.placeholder),
    options,
    suggest: suggest && (async (query) => known(await suggest(query))),
    least: one.min_query_length ?? SUGGESTS_AFTER,
    chosen,
    several,
    invalid,
    describedBy,
    choose: async (value) => {
      if (!(await mayAct(one, place))) return place.redraw();
      const answer = several ? value.map((each) => raw.get(each)) : raw.get(value);
      return place.act("choose", { ...aim(one, block, place), answer });
    },
  });
  if (id) made.querySelector("input").id = id;
  const empties = !several && chosen.length && block.type === "input" && block.optional;
  const empty = empties ? h("button", { type: "button", class: "empty", "aria-label": "Choose nothing", onclick: () => place.act("choose", { ...aim(one, block, place), answer: null }) }, "×") : null;
  return [h("span", { class: "select" }, made, empty), triangle(one, block, place)];
}

function optionOf(option, group) {
  return { value: option.value, label: bare(option.text), note: bare(option.description), group, raw: option };
}

function given(one) {
  return [...(one.options ?? []).map((option) => optionOf(option)), ...(one.option_groups ?? []).flatMap((group) => group.options.map((option) => optionOf(option, bare(group.label))))];
}

const fixed = (several) => (one, block, place) => select(one, block, place, { several, options: given(one) });

const external = (several) => (one, block, place) =>
  select(one, block, place, {
    several,
    suggest: async (query) => {
      const { result } = await place.act("suggest", { action_id: one.action_id, block_id: block.block_id, on: place.on, query });
      return (result ?? []).map((option) => optionOf(option));
    },
  });

const people = (several) => (one, block, place) => {
  const options = place.people.map((person) => ({ value: person.id, label: person.real_name, note: person.name }));
  return select(one, block, place, { several, options, label: (id) => options.find((each) => each.value === id)?.label ?? id });
};

const channels = (several, kinds) => (one, block, place) => {
  const wanted = kinds ?? one.filter?.include ?? ["public", "private", "im"];
  const options = place.channels.filter((channel) => wanted.includes(channel.kind)).map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
  return select(one, block, place, { several, options, label: (id) => options.find((each) => each.value === id)?.label ?? id });
};

function choices(one, block, place, type) {
  const now = entry(one, block, place);
  const chosen = new Set((type === "radio" ? [now.selected_option] : (now.selected_options ?? [])).filter(Boolean).map((option) => option.value));
  const pick = async (value, on) => {
    if (!(await mayAct(one, place))) return place.redraw();
    let answer = value;
    if (type === "checkbox") answer = one.options.map((option) => option.value).filter((each) => (each === value ? on : chosen.has(each)));
    return place.act("choose", { ...aim(one, block, place), answer });
  };
  const name = freshId("choice");
  return h(
    "div",
    { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-label": bare(block.label) || one.action_id },
    one.options.map((option) =>
      h(
        "label",
        {},
        h("input", { type, name, checked: chosen.has(option.value), "data-key": `${keyOf(one, block, place)}${option.value}`, onchange: (event) => pick(option.value, event.target.checked) }),
        h("span", {}, words(option.text), option.description ? h("small", {}, words(option.description)) : null),
      ),
    ),
    triangle(one, block, place),
  );
}

// A menu hangs to the left of its dots, or to the right where it would hang under what is beside.
function keepInside(menu) {
  const list = menu.lastElementChild;
  list.classList.remove("rightwards");
  const around = menu.closest("#main, dialog") ?? document.body;
  list.classList.toggle("rightwards", menu.open && list.getBoundingClientRect().left < around.getBoundingClientRect().left);
}

function overflow(one, block, place) {
  const key = keyOf(one, block, place);
  const menu = h(
    "details",
    { class: "overflow", ontoggle: () => keepInside(menu) },
    h("summary", { "aria-label": "More", "data-key": key }, "⋯"),
    h(
      "div",
      { role: "menu" },
      one.options.map((option) =>
        h("button", {
          type: "button",
          role: "menuitem",
          onclick: async () => {
            menu.open = false;
            if (await mayAct(one, place)) await place.act("choose", { ...aim(one, block, place), answer: option.value }, key);
          },
        }, words(option.text)),
      ),
    ),
  );
  return [menu, triangle(one, block, place)];
}

function moment(one, block, place, type) {
  const standing = Object.entries(entry(one, block, place)).find(([name]) => name.startsWith("selected_"))?.[1];
  const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const send = (value) => place.act("choose", { ...aim(one, block, place), answer: value === "" ? null : type === "datetime-local" ? Math.floor(new Date(value).getTime() / 1000) : value });
  return h("input", { ...common(one, block, place), type, value: standing ? (type === "datetime-local" ? local(standing) : standing) : "", onchange: (event) => send(event.target.value) });
}

function image(one) {
  return h("img", { src: safeAddress(one.image_url ?? ""), alt: one.alt_text, class: "thumb" });
}

const MAKERS = {
  button,
  overflow,
  image,
  plain_text_input: (one, block, place) => textInput(one, block, place, one.multiline ? "textarea" : "text"),
  rich_text_input: (one, block, place) => textInput({ ...one, multiline: true }, block, place, "textarea"),
  number_input: (one, block, place) => textInput(one, block, place, "number"),
  email_text_input: (one, block, place) => textInput(one, block, place, "email"),
  url_text_input: (one, block, place) => textInput(one, block, place, "url"),
  static_select: fixed(false),
  multi_static_select: fixed(true),
  external_select: external(false),
  multi_external_select: external(true),
  users_select: people(false),
  multi_users_select: people(true),
  conversations_select: channels(false),
  multi_conversations_select: channels(true),
  channels_select: channels(false, ["public"]),
  multi_channels_select: channels(true, ["public"]),
  radio_buttons: (one, block, place) => choices(one, block, place, "radio"),
  checkboxes: (one, block, place) => choices(one, block, place, "checkbox"),
  datepicker: (one, block, place) => moment(one, block, place, "date"),
  timepicker: (one, block, place) => moment(one, block, place, "time"),
  datetimepicker: (one, block, place) => moment(one, block, place, "datetime-local"),
};
