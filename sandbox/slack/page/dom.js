// Building the page's elements, and drawing a part anew without losing the place of the person.

/** Make an element: `h("p", { class: "note", onclick: f }, "text", [more])`. Absent children are skipped. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Fill a container anew. The element that had the focus gets it back, with its selection, if one
 * of the same `data-key` stands there again; what was scrolled stays where it was, or at its end.
 */
export function redraw(container, ...children) {
  const active = container.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const marks = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const scrolled = new Map([...container.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, place(one)]));
  container.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const one of container.querySelectorAll("[data-scroll]")) {
    const before = scrolled.get(one.dataset.scroll);
    const sticks = one.dataset.stick !== undefined && (!before || before.atEnd);
    one.scrollTop = sticks ? one.scrollHeight : (before?.top ?? 0);
  }
  const again = key && container.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (marks && marks[0] !== null && "setSelectionRange" in again) {
    try {
      again.setSelectionRange(...marks);
    } catch {
      // numbers and e-mail addresses have no selection
    }
  }
}

function place(node) {
  return { top: node.scrollTop, atEnd: node.scrollHeight - node.scrollTop - node.clientHeight < 24 };
}

let last = 0;

/** A fresh id, for labels that name their fields. */
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

const TOLD_FOR = 12000; // milliseconds
let telling = 0;

/** Say something in passing, at the foot of the page. */
export function tell(words) {
  const toast = document.getElementById("toast");
  toast.textContent = words;
  toast.hidden = false;
  clearTimeout(telling);
  telling = setTimeout(() => (toast.hidden = true), TOLD_FOR);
}
