// The "are you sure?" dialog that an element may carry.
import { el, freshId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

// True when there is nothing to confirm, or when the person confirmed.
export function agreed(confirm, ctx) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const dialog = confirmDialog(confirm, ctx);
    dialog.addEventListener("close", () => { resolve(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function confirmDialog(confirm, ctx) {
  const id = freshId("confirm");
  const style = confirm.style === "danger" ? "danger" : "primary";
  return el("dialog", { class: "modal small", "aria-labelledby": id, "aria-describedby": `${id}-text` },
    el("form", { method: "dialog" },
      el("header", {}, el("h2", { id }, confirm.title.text)),
      el("div", { class: "modal-body", id: `${id}-text` }, textObject(confirm.text, ctx)),
      el("footer", {},
        el("button", { class: "button", value: "no" }, confirm.deny.text),
        el("button", { class: `button ${style}`, value: "yes" }, confirm.confirm.text))));
}
