// The page of the local Slack: one person's screen, drawn anew whenever it changes.

import { blocks } from "./blocks.js";
import * as client from "./client.js";
import { h, redraw, tell } from "./dom.js";
import { inspect } from "./inspector.js";
import { composer, messageList, threadPane } from "./messages.js";
import { ask, drawModal } from "./modal.js";
import { callThem } from "./text.js";

const HOME = "app:home";
const DIRECT = "app:messages";
const at = new URLSearchParams(location.search);
const parts = Object.fromEntries(["people", "places", "title", "main", "thread"].map((id) => [id, document.getElementById(id)]));

let cast = null; // people, channels, commands
let seen = null; // the screen of `person`
let person = at.get("as");
let place = at.get("at") ?? HOME;
let openThread = null;
let looking = null; // the long poll under way
const texts = new Map(); // typed into composers, by place
const drafts = new Map(); // typed into fields and not sent yet
const busy = new Set();
const read = new Map(); // the newest `ts` seen of each place
const drawn = new Map(); // what each part of the page shows, to draw only what changed

const world = {
  texts,
  act,
  get users() {
    return cast.users;
  },
  placeOf: (message) => surface(`message-${message.ts}`, { on: "message", ts: message.ts, values: null }),
  openThread: (message) => {
    openThread = { channel: message.channel, ts: message.ts };
    draw();
  },
  closeThread: () => {
    openThread = null;
    draw();
  },
};

/** Let the person act; `key` names the element that waits for the app meanwhile. */
async function act(verb, args, key) {
  if (key && busy.has(key)) return seen; // a double click
  if (key) busy.add(key);
  draw();
  try {
    take(await attempt(verb, args));
    if (seen.notice && !seen.modal) tell(seen.notice);
  } catch (problem) {
    tell(problem.message);
  } finally {
    if (key) busy.delete(key);
    draw();
  }
  return seen;
}

async function attempt(verb, args) {
  try {
    return await client.act(person, verb, args);
  } catch (problem) {
    // The view was drawn anew between the look and the click: its blocks have other ids now.
    if (!args.block_id || !problem.message.startsWith("there is no")) throw problem;
    const { block_id: _, ...rest } = args;
    return client.act(person, verb, rest);
  }
}

function surface(id, { on, ts, values, errors }) {
  const redrawAll = () => {
    drawn.clear();
    draw();
  };
  return { id, on, ts, values, errors, warned: seen.warnings, drafts, act, ask, busy, people: cast.people, channels: cast.channels.filter((one) => one.kind !== "im"), redraw: redrawAll };
}

function take(screen) {
  if (screen.person !== person || (seen?.person === person && screen.revision < seen.revision)) return;
  seen = screen;
}

/** Draw one part of the page, if what it shows has changed. */
function part(name, shown, make) {
  const signature = JSON.stringify(shown);
  if (drawn.get(name) === signature) return;
  drawn.set(name, signature);
  redraw(parts[name], make());
}

function draw() {
  if (!seen) return;
  part("people", [person, cast.people], () => cast.people.map((one) => h("option", { value: one.name, selected: one.name === person }, `${one.real_name} (${one.name})`)));
  const counts = unread();
  part("places", [person, place, counts], () => placeList(counts));
  part("title", place, () => h("h1", {}, titleOf(place)));
  if (place === HOME) part("main", [place, person, seen.home, seen.warnings, [...busy]], home);
  else {
    const messages = listOf(place);
    part("main", [place, person, messages, seen.warnings, [...busy]], () => channel(messages));
  }
  drawThread();
  const modal = seen.modal;
  drawModal(seen, modal ? surface(modal.id, { on: "modal", values: modal.state.values, errors: seen.errors }) : surface("none", { on: "modal" }), busy);
}

function channelOf(where) {
  return where === DIRECT ? "app" : where;
}

/** What stands in a channel for this person: lasting messages and those only they see, by time. */
function listOf(where) {
  const name = channelOf(where);
  const lasting = seen.channels[name] ?? [];
  const id = name === "app" ? cast.channels.find((one) => one.kind === "im" && one.person === cast.ids[person])?.id : cast.channels.find((one) => one.name === name)?.id;
  const only = seen.ephemerals.filter((one) => one.channel === id && !one.thread_ts).map((one) => ({ ...one, only: true }));
  return [...lasting, ...only].sort((one, other) => Number(one.ts) - Number(other.ts));
}

function places() {
  return [...Object.keys(seen.channels).filter((name) => name !== "app"), HOME, DIRECT];
}

function unread() {
  return places().map((one) => {
    if (one === HOME) return [one, 0];
    const newest = listOf(one);
    if (one === place) read.set(`${person} ${one}`, newest.at(-1)?.ts ?? "0");
    const since = Number(read.get(`${person} ${one}`) ?? 0);
    return [one, newest.filter((message) => Number(message.ts) > since && message.user !== cast.ids[person]).length];
  });
}

function titleOf(one) {
  if (one === HOME) return `${cast.app} · Home`;
  return one === DIRECT ? `${cast.app} · Messages` : `# ${one}`;
}

function placeList(counts) {
  const link = ([one, count]) =>
    h("li", {}, h("button", { type: "button", "data-key": `place-${one}`, class: one === place ? "here" : "", "aria-current": one === place ? "page" : null, onclick: () => go(one) }, one === HOME ? "Home" : one === DIRECT ? "Messages" : `# ${one}`, count ? h("span", { class: "count" }, String(count)) : null));
  return [h("h2", {}, "Channels"), h("ul", {}, counts.slice(0, -2).map(link)), h("h2", {}, `App: ${cast.app}`), h("ul", {}, counts.slice(-2).map(link))];
}

function home() {
  const view = seen.home;
  if (!view) return h("p", { class: "quiet" }, `${cast.app} has not drawn its Home tab yet. Is the bot running?`);
  return h("div", { class: "home blocks", "data-scroll": "home" }, blocks(view.blocks, surface(view.id, { on: "home", values: view.state.values })));
}

function channel(messages) {
  const name = channelOf(place);
  const send = (text) => (text.startsWith("/") ? act("slash", { text, channel: name }) : act("say", { text, channel: name }));
  return [
    h("div", { class: "messages", "data-scroll": place, "data-stick": "" }, messageList(messages, world)),
    composer({ key: `${person} ${place}`, label: `Message ${titleOf(place)}: words, or /stock`, world, send, commands: cast.menu }),
  ];
}

async function drawThread() {
  parts.thread.hidden = !openThread;
  if (!openThread) {
    drawn.delete("thread");
    return;
  }
  const { channel: where, ts } = openThread;
  const parent = Object.values(seen.channels).flat().find((one) => one.ts === ts && one.channel === where);
  const signature = JSON.stringify([person, ts, parent]);
  if (drawn.get("thread") === signature) return;
  drawn.set("thread", signature);
  redraw(parts.thread, await threadPane(person, where, ts, world));
}

async function go(where) {
  place = where;
  history.replaceState(null, "", `?${new URLSearchParams({ as: person, at: where })}`);
  document.body.classList.remove("menu-open");
  draw();
  if (where === HOME) await act("open_home", {});
  else document.querySelector(".composer input")?.focus();
}

async function become(name) {
  person = name;
  seen = null;
  openThread = null;
  drawn.clear();
  drafts.clear();
  looking?.abort();
  take(await client.screen(person));
  for (const one of places()) if (one !== HOME && !read.has(`${person} ${one}`)) read.set(`${person} ${one}`, listOf(one).at(-1)?.ts ?? "0");
  if (place !== HOME && place !== DIRECT && !(place in seen.channels)) place = HOME;
  await go(place);
}

/** Follow the screen of whoever is looked at, for ever. */
async function follow() {
  for (;;) {
    looking = new AbortController();
    const whose = person;
    try {
      const screen = await client.screen(whose, seen?.revision, looking.signal);
      document.body.classList.remove("gone");
      if (whose === person) {
        take(screen);
        draw();
      }
      await inspect();
    } catch (problem) {
      if (problem.name === "AbortError") continue;
      document.body.classList.add("gone");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** One line of the menu for each word of a command's usage hint. */
function menuOf(commands) {
  return commands.flatMap((command) => {
    const hints = command.usage_hint.replace(/^\[|\]$/g, "").split("|").map((hint) => hint.trim()).filter(Boolean);
    return hints.map((hint) => {
      const own = hint.split(" ").filter((word) => word !== word.toUpperCase() || /\d/.test(word));
      const rest = hint.split(" ").slice(own.length).join(" ");
      return { text: [command.name, ...own].join(" "), hint: rest };
    });
  });
}

async function begin() {
  const found = await client.overview();
  const users = Object.fromEntries(found.directory.users.map((one) => [one.id, one]));
  const people = found.directory.users.filter((one) => !one.is_bot);
  cast = {
    app: found.app,
    users,
    people,
    ids: Object.fromEntries(people.map((one) => [one.name, one.id])),
    channels: found.directory.channels,
    menu: menuOf(found.directory.commands),
  };
  callThem(Object.fromEntries(Object.values(users).map((one) => [one.id, one.real_name])), Object.fromEntries(cast.channels.map((one) => [one.id, one.name])));
  document.getElementById("team").textContent = found.team;
  if (!people.some((one) => one.name === person)) person = people[0].name;
  document.getElementById("people").addEventListener("change", (event) => become(event.target.value));
  document.getElementById("menu").addEventListener("click", () => document.body.classList.toggle("menu-open"));
  await become(person);
  follow();
}

begin();
