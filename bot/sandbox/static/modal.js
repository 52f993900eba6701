// The stack of modals. Only the top one is shown; the browser's own <dialog> keeps the focus inside it.
import { firstControl, renderBlocks, showErrors } from "./blocks.js";
import { el, icon } from "./dom.js";
import { Values } from "./values.js";
import { say } from "./words.js";

const NO_ANSWER = "We had some trouble connecting. Try again?";

// `context(view, values)` gives what rendering needs; `submit(view, values)` and `close(viewId | null)` tell
// the workspace, null closing the whole stack; `back` is called when the last modal is gone.
export class Modals {
  constructor({ context, submit, close }) {
    this.tell = { context, submit, close };
    this.locale = "en-US";
    this.values = new Map();
    this.shown = null;
    this.parts = frame(this);
    document.body.append(this.parts.dialog);
  }

  get open() {
    return this.parts.dialog.open;
  }

  // Show the stack as the workspace has it, the visible view last.
  show(stack, appName, locale) {
    this.locale = locale;
    const top = stack.at(-1) ?? null;
    const ids = new Set(stack.map((view) => view.id));
    for (const id of this.values.keys()) if (!ids.has(id)) this.values.delete(id);
    if (!top) return this.hide();
    this.parts.back.hidden = stack.length < 2;
    this.parts.app.textContent = appName;
    if (this.shown?.id === top.id && this.shown.hash === top.hash) return undefined;
    return this.render(top);
  }

  render(view) {
    const update = this.shown?.id === view.id;
    const place = update ? focusedPlace(this.parts.body) : null;
    const values = new Values(this.values.get(view.id));
    this.values.set(view.id, values);
    this.shown = view;
    fill(this.parts, view, renderBlocks(view.blocks, this.tell.context(view, values)), this.locale);
    this.busy(false);
    if (!this.open) this.parts.dialog.showModal();
    focusIn(this.parts, place);
  }

  hide() {
    this.shown = null;
    if (this.open) this.parts.dialog.close();
    this.parts.body.replaceChildren();
  }

  busy(is) {
    this.parts.submit.setAttribute("aria-busy", String(is));
    this.parts.submit.disabled = is || Boolean(this.shown?.submit_disabled);
  }

  warn(words) {
    this.parts.warning.textContent = words;
    this.parts.warning.hidden = !words;
  }

  async submit() {
    if (this.parts.submit.disabled || !this.shown?.submit) return;
    const view = this.shown;
    const noAnswer = say(this.locale, NO_ANSWER);
    this.warn("");
    showErrors(this.parts.body, {});
    this.busy(true);
    const outcome = await this.tell.submit(view, this.values.get(view.id).blocks);
    this.busy(false);
    if (outcome.kind === "no ack") this.warn(noAnswer);
    else if (outcome.kind === "refused") this.warn(`${noAnswer} (${outcome.error})`);
    else if (outcome.kind === "not done") this.warn(outcome.warning);
    else if (this.shown?.id === view.id) showErrors(this.parts.body, outcome.errors ?? {});
  }

  async close(all) {
    const view = this.shown;
    if (view) await this.tell.close(all ? null : view.id);
  }
}

function frame(modals) {
  const title = el("h2", { id: "modal-title", tabindex: "-1" });
  const back = el("button", { type: "button", class: "icon", on: { click: () => modals.close(false) } }, icon("back"));
  const x = el("button", { type: "button", class: "icon", on: { click: () => modals.close(true) } }, icon("close"));
  const app = el("span", { class: "modal-app" });
  const warning = el("p", { class: "modal-warning", role: "alert", hidden: true });
  const body = el("div", { class: "modal-body" });
  const cancel = el("button", { type: "button", class: "button", on: { click: () => modals.close(false) } });
  const submit = el("button", { type: "submit", class: "button primary" });
  const footer = el("footer", {}, app, cancel, submit);
  const form = el("form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); modals.submit(); } } },
    el("header", {}, back, title, x), warning, body, footer);
  const dialog = el("dialog", { class: "modal", id: "modal", "aria-labelledby": "modal-title",
    on: { cancel: (event) => { if (event.target === dialog) { event.preventDefault(); modals.close(false); } } } }, form);
  // A second Esc in a row closes a dialog without asking: the workspace is told all the same.
  dialog.addEventListener("close", () => { if (modals.shown) modals.close(true); });
  return { dialog, title, back, x, app, warning, body, cancel, submit, footer };
}

function fill(parts, view, blocks, locale) {
  parts.back.setAttribute("aria-label", say(locale, "Back"));
  parts.x.setAttribute("aria-label", say(locale, "Close"));
  parts.title.textContent = view.title?.text ?? "";
  parts.submit.textContent = view.submit?.text ?? "";
  parts.submit.hidden = !view.submit;
  parts.cancel.textContent = view.close?.text ?? say(locale, view.submit ? "Cancel" : "Close");
  parts.warning.hidden = true;
  parts.body.replaceChildren(blocks);
  parts.body.scrollTop = 0;
}

// Where the focus stood, by the app's own ids, so that an update does not throw a person out of a field.
function focusedPlace(body) {
  const active = document.activeElement;
  const block = body.contains(active) ? active.closest("[data-block]") : null;
  if (!block) return null;
  const action = active.closest("[data-action]");
  return { block: block.dataset.block, action: action?.dataset.action ?? null };
}

function focusIn(parts, place) {
  const block = place && parts.body.querySelector(`[data-block="${CSS.escape(place.block)}"]`);
  const action = block && place.action && block.querySelector(`[data-action="${CSS.escape(place.action)}"]`);
  const asked = parts.body.querySelector("[autofocus]");
  const target = (action && firstControl(action)) || asked || parts.title;
  target.focus({ preventScroll: target === parts.title });
}
