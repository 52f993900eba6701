// A small panel that hangs on a button: menus and lists of options. The browser's own popover closes it on
// Esc and on a click elsewhere, and lays it over modals.
import { el } from "./dom.js";

const GAP = 4;
const EDGE = 8;

export function popup(opener, content, { onOpen, onClose } = {}) {
  const panel = el("div", { class: "popup", popover: "auto" }, content);
  opener.popoverTargetElement = panel;
  opener.setAttribute("aria-expanded", "false");
  const follow = () => place(panel, opener);
  panel.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    opener.setAttribute("aria-expanded", String(open));
    for (const name of ["scroll", "resize"]) {
      if (open) window.addEventListener(name, follow, true);
      else window.removeEventListener(name, follow, true);
    }
    if (open) { follow(); onOpen?.(); } else onClose?.();
  });
  return panel;
}

export function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  panel.style.minWidth = `${Math.min(box.width, window.innerWidth - 2 * EDGE)}px`;
  const below = window.innerHeight - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  const upwards = below < Math.min(panel.scrollHeight, 240) && above > below;
  panel.style.maxHeight = `${Math.min(360, Math.max(120, upwards ? above : below))}px`;
  const left = Math.min(box.left, window.innerWidth - panel.offsetWidth - EDGE);
  panel.style.left = `${Math.max(EDGE, left)}px`;
  panel.style.top = upwards ? `${box.top - GAP - panel.offsetHeight}px` : `${box.bottom + GAP}px`;
}

// Buttons in a menu: arrows move, Enter chooses.
export function menu(opener, items, label) {
  const buttons = items.map((item) =>
    el("button", { type: "button", role: "menuitem", class: "menu-item", on: { click: () => choose(item) } },
      item.content, item.note ? el("small", {}, item.note) : null));
  const list = el("div", { role: "menu", "aria-label": label, on: { keydown: (event) => walk(event, buttons) } }, buttons);
  const panel = popup(opener, list, { onOpen: () => buttons[0]?.focus() });
  opener.setAttribute("aria-haspopup", "menu");
  const choose = (item) => { panel.hidePopover(); item.run(); };
  return panel;
}

function walk(event, buttons) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
