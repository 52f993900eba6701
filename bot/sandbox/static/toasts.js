// Short notices in a corner: what went wrong, in words.
import { el, icon } from "./dom.js";

const SECONDS = 8;

export function toast(words) {
  const root = document.getElementById("toasts");
  const same = [...root.children].find((node) => node.dataset.words === words);
  same?.remove();
  const close = el("button", { type: "button", class: "icon", "aria-label": "Dismiss" }, icon("close"));
  const node = el("div", { class: "toast", "data-words": words }, el("span", {}, words), close);
  close.addEventListener("click", () => node.remove());
  root.append(node);
  // Shown anew, so that it lies over a modal that was opened since.
  if (root.matches(":popover-open")) root.hidePopover();
  root.showPopover();
  setTimeout(() => node.remove(), SECONDS * 1000);
}
