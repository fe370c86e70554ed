// A channel: what was said, by whom, its threads, and where one types.

import { blocks } from "./blocks.js";
import { thread as readThread } from "./client.js";
import { freshId, h } from "./dom.js";
import { mrkdwn } from "./text.js";

/** List a channel's messages, those that only this person sees among them. */
export function messageList(messages, world) {
  if (!messages.length) return h("p", { class: "quiet" }, "Nothing was said here yet.");
  return messages.map((message) => messageRow(message, world));
}

function messageRow(message, world, { inThread = false } = {}) {
  const bot = Boolean(message.bot_id);
  const who = world.users[message.user] ?? { real_name: message.bot_profile?.name ?? message.user };
  const at = new Date(Number(message.ts.split(".")[0]) * 1000);
  const place = world.placeOf(message);
  const body = message.blocks?.length ? blocks(message.blocks, place) : h("div", { class: "text" }, mrkdwn(message.text ?? ""));
  const replies = !inThread && message.reply_count ? h("button", { type: "button", class: "replies", onclick: () => world.openThread(message) }, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`) : null;
  return h(
    "article",
    { class: message.only ? "message only" : "message", "data-ts": message.ts },
    h("div", { class: bot ? "face bot" : "face", "aria-hidden": "true" }, who.real_name[0]),
    h(
      "div",
      { class: "said" },
      message.only ? h("div", { class: "note" }, "Only visible to you") : null,
      h("header", {}, h("strong", {}, who.real_name), bot ? h("span", { class: "badge" }, "APP") : null, h("time", { datetime: at.toISOString() }, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })), message.edited ? h("small", {}, "(edited)") : null),
      body,
      (message.files ?? []).map((file) => h("a", { class: "file", href: `/_sandbox/files/${file.id}`, download: file.name }, file.title ?? file.name)),
      (message.reactions ?? []).map((one) => h("span", { class: "reaction" }, `:${one.name}: ${one.count}`)),
      replies,
      !inThread && !message.only && !message.reply_count ? h("button", { type: "button", class: "replies faint", onclick: () => world.openThread(message) }, "Reply in thread") : null,
    ),
  );
}

/** The pane of one thread; it is read anew each time. */
export async function threadPane(person, channel, ts, world) {
  const messages = await readThread(person, channel, ts);
  return [
    h("header", {}, h("h2", {}, "Thread"), h("button", { type: "button", class: "x", "aria-label": "Close the thread", onclick: world.closeThread }, "×")),
    h("div", { class: "messages", "data-scroll": `thread-${ts}`, "data-stick": "" }, messages.map((message) => messageRow(message, world, { inThread: true }))),
    composer({ key: `thread-${ts}`, label: "Reply…", world, send: (text) => world.act("say", { text, channel, thread_ts: ts }) }),
  ];
}

/** Where one types: words, or a slash command with the menu of those there are. */
export function composer({ key, label, world, send, commands = [] }) {
  const menuId = freshId("commands");
  const menu = h("ul", { id: menuId, class: "menu", role: "listbox", "aria-label": "Commands", hidden: true });
  let offered = [];
  let active = 0;

  const field = h("input", {
    type: "text",
    "data-key": `say-${key}`,
    "aria-label": label,
    "aria-controls": menuId,
    autocomplete: "off",
    placeholder: label,
    value: world.texts.get(key) ?? "",
    oninput: () => {
      world.texts.set(key, field.value);
      show();
    },
    onblur: () => setTimeout(() => (menu.hidden = true), 120),
    onkeydown: (event) => {
      if (!menu.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        active = (active + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
        mark();
      } else if (!menu.hidden && (event.key === "Tab" || (event.key === "Enter" && !isWhole()))) {
        event.preventDefault();
        take(offered[active]);
      } else if (event.key === "Escape") {
        menu.hidden = true;
      } else if (event.key === "Enter") {
        event.preventDefault();
        go();
      }
    },
  });

  const isWhole = () => !offered[active] || field.value.trim().startsWith(offered[active].text.trim());

  function show() {
    offered = field.value.startsWith("/") ? commands.filter((one) => one.text.startsWith(field.value.trimEnd())) : [];
    active = 0;
    menu.hidden = !offered.length;
    menu.replaceChildren(...offered.map((one, place) => h("li", { role: "option", id: `${menuId}-${place}`, onmousedown: (event) => event.preventDefault(), onclick: () => take(one) }, h("strong", {}, one.text), h("span", {}, one.hint))));
    mark();
  }

  function mark() {
    [...menu.children].forEach((row, place) => row.setAttribute("aria-selected", place === active ? "true" : "false"));
    menu.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function take(one) {
    field.value = one.hint ? `${one.text} ` : one.text;
    world.texts.set(key, field.value);
    menu.hidden = true;
    field.focus();
  }

  async function go() {
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    world.texts.delete(key);
    menu.hidden = true;
    await send(text);
  }

  return h("form", { class: "composer", onsubmit: (event) => event.preventDefault() }, menu, field, h("button", { type: "button", class: "button primary", onclick: go }, "Send"));
}
