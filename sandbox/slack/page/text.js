// Slack's text objects, mrkdwn and rich text as elements of the page.

import { h } from "./dom.js";

// Those that the app uses, drawn so that every machine has the glyph: a sign, and its colour.
const EMOJI = {
  warning: ["⚠", "amber"],
  white_check_mark: ["✔", "green"],
  hourglass_flowing_sand: ["⌛", "quiet"],
  rotating_light: ["▲", "red"],
  red_circle: ["●", "red"],
  large_yellow_circle: ["●", "amber"],
  large_green_circle: ["●", "green"],
  no_entry: ["⊘", "red"],
};

let names = { users: {}, channels: {} };

/** Say how people and channels are called, by their ids. */
export function callThem(users, channels) {
  names = { users, channels };
}

function plain(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function emoji(text) {
  return text.split(/:([a-z0-9_+-]+):/).map((part, number) => (number % 2 ? sign(part) : part));
}

function sign(name) {
  const [glyph, colour] = EMOJI[name] ?? [`:${name}:`, ""];
  return h("span", { class: `emoji ${colour}`, role: "img", "aria-label": name.replaceAll("_", " ") }, glyph);
}

function moment(seconds, format, fallback) {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const day = at.toDateString() === new Date().toDateString() ? "today" : at.toLocaleDateString([], { day: "numeric", month: "short" });
  return format.replace("{time}", time).replace(/\{date\w*\}/g, day);
}

/** Only addresses that a browser may open: never a script. */
export function safeAddress(url) {
  return /^(https?|mailto):/i.test(url) ? url : "about:blank";
}

function angle(inner) {
  const [what, ...rest] = inner.split("|");
  const words = rest.join("|");
  if (what.startsWith("@")) return h("span", { class: "mention" }, `@${names.users[what.slice(1)] ?? (words || what.slice(1))}`);
  if (what.startsWith("#")) return h("span", { class: "mention" }, `#${words || names.channels[what.slice(1)] || what.slice(1)}`);
  if (what.startsWith("!date^")) {
    const [, seconds, format] = what.split("^");
    return h("time", { datetime: new Date(Number(seconds) * 1000).toISOString() }, moment(seconds, format, plain(words)));
  }
  if (what.startsWith("!")) return h("span", { class: "mention" }, `@${words || what.slice(1)}`);
  return h("a", { href: safeAddress(plain(what)), target: "_blank", rel: "noreferrer" }, plain(words || what));
}

// What is marked inside a line; a mark counts only between white space, a bracket or an end.
const MARKS = [
  [/`([^`\n]+)`/, (found) => h("code", {}, plain(found[1]))],
  [/<([^<>\n]+)>/, (found) => angle(found[1])],
  [/(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/, (found) => h("strong", {}, inline(found[1]))],
  [/(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])/, (found) => h("em", {}, inline(found[1]))],
  [/(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/, (found) => h("s", {}, inline(found[1]))],
];

function inline(text) {
  let first = null;
  for (const [pattern, make] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { found, make };
  }
  if (!first) return text ? emoji(plain(text)) : [];
  const { found, make } = first;
  return [...inline(text.slice(0, found.index)), make(found), ...inline(text.slice(found.index + found[0].length))];
}

/** Text in Slack's own markup as nodes; line breaks stay. */
export function mrkdwn(text) {
  const nodes = [];
  text.split(/```\n?/).forEach((part, number) => {
    if (number % 2) {
      nodes.push(h("pre", {}, plain(part)));
      return;
    }
    for (const lines of part.split(/((?:^&gt;.*(?:\n|$))+)/m)) {
      if (lines.startsWith("&gt;")) nodes.push(h("blockquote", {}, inline(lines.replace(/^&gt; ?/gm, "").trimEnd())));
      else nodes.push(...inline(lines));
    }
  });
  return nodes;
}

/** A text object (plain_text, mrkdwn, markdown) as nodes. */
export function words(object) {
  if (!object) return [];
  return object.type === "plain_text" ? emoji(object.text) : mrkdwn(object.text);
}

/** The bare words of a text object. */
export function bare(object) {
  return object ? object.text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name]?.[0] ?? whole) : "";
}

const RICH = {
  rich_text: (one) => one.elements.map(rich),
  rich_text_section: (one) => h("p", {}, one.elements.map(rich)),
  rich_text_preformatted: (one) => h("pre", {}, one.elements.map(rich)),
  rich_text_quote: (one) => h("blockquote", {}, one.elements.map(rich)),
  rich_text_list: (one) => h(one.style === "ordered" ? "ol" : "ul", {}, one.elements.map((item) => h("li", {}, item.elements.map(rich)))),
  text: (one) => h(one.style?.code ? "code" : one.style?.bold ? "strong" : one.style?.italic ? "em" : "span", {}, one.text),
  link: (one) => h("a", { href: safeAddress(one.url), target: "_blank", rel: "noreferrer" }, one.text ?? one.url),
  user: (one) => h("span", { class: "mention" }, `@${names.users[one.user_id] ?? one.user_id}`),
  channel: (one) => h("span", { class: "mention" }, `#${names.channels[one.channel_id] ?? one.channel_id}`),
  emoji: (one) => sign(one.name),
};

/** Rich text as nodes. */
export function rich(one) {
  return RICH[one.type]?.(one) ?? `[${one.type}]`;
}
