// The page of the local stores: what each shows, beside what Stockroom says it should.

import { h, redraw, tell } from "/page/dom.js";

const EVERY = 1000; // milliseconds between two looks
const PACES = [["", "nobody shops"], ["8", "now and then"], ["3", "a good day"], ["1", "a rush"]];
const NAMES = { shopify: "Shopify", etsy: "Etsy", amazon: "Amazon", ebay: "eBay", woocommerce: "WooCommerce", bigcommerce: "BigCommerce", walmart: "Walmart" };
const ACTS = { fulfil: "Send", cancel: "Cancel", refund: "Refund", edit: "Edit" };

const part = (id) => document.getElementById(id);
const drawn = new Map();
const open = new Set(); // folded-out parts, by key
const flashes = new Map(); // when a number last changed, by listing
const before = new Map();
let seen = null;
let chosen = new URLSearchParams(location.search).get("sku") ?? "";

async function ask(path, method = "GET", body) {
  const answer = await fetch(`/stores/${path}`, { method, body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

async function act(path, method, body) {
  try {
    await ask(path, method, body);
  } catch (problem) {
    tell(problem.message);
  }
  await look();
}

async function look() {
  try {
    seen = await ask("state");
    document.body.classList.remove("gone");
  } catch {
    document.body.classList.add("gone");
    return;
  }
  for (const store of seen.stores) {
    for (const one of store.listings) {
      const key = keyOf(store, one);
      if (before.has(key) && before.get(key) !== one.available) flashes.set(key, Date.now());
      before.set(key, one.available);
    }
  }
  draw();
}

function keyOf(store, one) {
  return `${store.name}|${one.sku}|${one.place}|${one.title}`;
}

function show(id, shown, make) {
  const signature = JSON.stringify(shown);
  if (drawn.get(id) === signature) return;
  drawn.set(id, signature);
  redraw(part(id), make());
}

function draw() {
  if (!seen) return;
  const find = part("find").value.trim().toLowerCase();
  show("shopper", [seen.shopper], () => [
    h("label", {}, "Shopper: ", h("select", { "data-key": "pace", onchange: (event) => act("shopper", "POST", { every: event.target.value ? Number(event.target.value) : null }) }, PACES.map(([value, words]) => h("option", { value, selected: value === String(seen.shopper.every ?? "") }, words)))),
    h("small", {}, seen.shopper.last),
  ]);
  show("strip", [chosen, strip()], stripTable);
  const parts = part("stores");
  for (const store of seen.stores) {
    const id = `store-${store.name}`;
    if (!part(id)) parts.append(h("article", { id, class: "store", "aria-label": store.title }));
    const { agreed_at: _, ...rest } = store;
    show(id, [rest, find, [...open], recent(store)], () => card(store, find));
  }
}

function recent(store) {
  return store.listings.map((one) => Date.now() - (flashes.get(keyOf(store, one)) ?? 0) < 4000);
}

/** What the strip shows: each store's agreement, and its number of the SKU that was chosen. */
function strip() {
  return seen.stores.map((store) => {
    const rows = store.listings.filter((one) => one.sku === chosen && !one.left);
    return [store.name, store.agree, store.compared, store.agreed_at && Math.round(store.agreed_at), rows.map((one) => [one.place, one.available, one.ours])];
  });
}

function stripTable() {
  const skus = [...new Set(seen.stores.flatMap((store) => store.listings.filter((one) => !one.left).map((one) => one.sku)))].sort();
  return [
    h("label", {}, "Watch ", h("select", { "data-key": "watch", "aria-label": "SKU to watch", onchange: (event) => { chosen = event.target.value; draw(); } }, h("option", { value: "" }, "a SKU…"), skus.map((sku) => h("option", { value: sku, selected: sku === chosen }, sku)))),
    h("ul", {}, seen.stores.map((store) => {
      const rows = store.listings.filter((one) => one.sku === chosen && !one.left);
      const isOn = store.compared > 0;
      const state = !isOn ? "off" : store.agree === store.compared ? "agrees" : "differs";
      return h("li", { class: state, "data-store": store.name },
        h("strong", {}, store.title),
        h("span", {}, isOn ? `${store.agree} of ${store.compared} agree` : "sync is off"),
        store.agreed_at && isOn ? h("small", {}, `last all agreed ${new Date(store.agreed_at * 1000).toLocaleTimeString()}`) : null,
        rows.map((one) => h("span", { class: "watched" }, `${one.place ? `${one.place}: ` : ""}shows ${one.available}${one.ours === null ? "" : `, ours ${one.ours}`}`)));
    })),
    seen.ours.problem ? h("p", { class: "problem" }, seen.ours.problem) : null,
  ];
}

function card(store, find) {
  const rows = store.listings.filter((one) => !find || one.sku.toLowerCase().includes(find) || one.title.toLowerCase().includes(find));
  return [
    h("header", {}, h("h2", {}, store.title), h("span", { class: `tag ${store.platform}` }, NAMES[store.platform]), h("small", {}, `${store.listings.length} listings`)),
    h("div", { class: "shelf", "data-scroll": `shelf-${store.name}` }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}, "Listing"), h("th", {}, "Price"), h("th", {}, "Shows"), h("th", {}, "Ours"), h("th", {}, ""))),
      h("tbody", {}, rows.map((one) => row(store, one))))),
    orders(store),
    faults(store),
    keys(store),
  ];
}

function row(store, one) {
  const key = keyOf(store, one);
  const differs = one.ours !== null && Math.max(0, one.available ?? 0) !== one.ours;
  const fresh = Date.now() - (flashes.get(key) ?? 0) < 4000;
  const buy = () => act(`${store.name}/sell`, "POST", { sku: one.sku, quantity: 1, ...(one.place ? { location: one.place } : {}) });
  const byHand = () => {
    const number = prompt(`What should ${store.title} show of ${one.sku}? (Somebody changes it in the store, by hand.)`, one.available ?? 0);
    if (number !== null) act(`${store.name}/set`, "POST", { sku: one.sku, available: Number(number), ...(one.place ? { location: one.place } : {}) });
  };
  return h("tr", { class: one.left ? "left" : differs ? "differs" : "", "data-sku": one.sku, "data-place": one.place },
    h("td", {}, h("span", {}, one.title), h("small", {}, [one.sku || "no SKU", one.place, one.left].filter(Boolean).join(" · "))),
    h("td", { class: "number" }, one.price ? (one.price / 100).toFixed(2) : ""),
    h("td", { class: fresh ? "number fresh" : "number" }, one.available ?? "–"),
    h("td", { class: "number ours" }, one.ours ?? ""),
    h("td", { class: "acts" }, one.sku ? [
      h("button", { type: "button", "data-key": `buy-${key}`, onclick: buy, "aria-label": `Buy ${one.sku} at ${store.title}` }, "Buy"),
      h("button", { type: "button", class: "faint", "data-key": `hand-${key}`, onclick: byHand, "aria-label": `Change ${one.sku} by hand at ${store.title}` }, "✎"),
    ] : null));
}

function folding(key, title, ...inner) {
  const made = h("details", { open: open.has(key), ontoggle: () => (made.open ? open.add(key) : open.delete(key)) }, h("summary", { "data-key": key }, title), ...inner);
  return made;
}

function orders(store) {
  const inner = store.orders.map((order) => h("li", {},
    h("span", {}, `${order.name}: ${order.lines.map((line) => `${line.quantity} x ${line.sku}`).join(", ")}`),
    order.open ? null : h("small", {}, "closed"),
    order.acts.filter((name) => order.open || name === "refund").map((name) => orderAct(store, order, name))));
  return folding(`orders-${store.name}`, `Orders (${store.orders.filter((order) => order.open).length} open of the newest ${store.orders.length})`, h("ul", { class: "orders" }, inner.length ? inner : h("li", {}, "none yet")));
}

function orderAct(store, order, name) {
  const [line] = order.lines;
  const go = () => {
    if (name === "refund") return act(`${store.name}/refund`, "POST", line.refund);
    if (name !== "edit") return act(`${store.name}/${name}`, "POST", { order: order.id });
    const units = prompt(`How many of ${line.sku} shall ${order.name} be?`, line.quantity);
    return units === null ? null : act(`${store.name}/edit`, "POST", { order: order.id, sku: line.sku, quantity: Number(units) });
  };
  if (name === "refund" && !line?.refund) return null;
  return h("button", { type: "button", "data-key": `${name}-${store.name}-${order.id}`, onclick: go }, ACTS[name]);
}

function faults(store) {
  const on = new Set(store.faults.map((one) => one.kind));
  const flip = (kind) => (event) => (event.target.checked ? act(`${store.name}/faults`, "POST", { kind }) : act(`${store.name}/faults?kind=${encodeURIComponent(kind)}`, "DELETE"));
  return folding(`faults-${store.name}`, on.size ? `Trouble: ${[...on].join(", ")}` : "Trouble", h("div", { class: "faults" },
    store.kinds.map((kind) => h("label", {}, h("input", { type: "checkbox", checked: on.has(kind), "data-key": `fault-${store.name}-${kind}`, onchange: flip(kind) }), kind.replaceAll("_", " ")))));
}

function keys(store) {
  return folding(`keys-${store.name}`, "What opens it", h("dl", {}, Object.entries(store.keys).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, h("code", {}, value))])),
    h("button", { type: "button", "data-key": `token-${store.name}`, onclick: () => act(`${store.name}/token`, "POST", {}) }, "Let Stockroom's access die"));
}

part("find").addEventListener("input", draw);
for (;;) {
  await look();
  await new Promise((resolve) => setTimeout(resolve, EVERY));
}
