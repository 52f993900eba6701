// Where a person types: a message to the app, or a slash command anywhere.
import { el, freshId, icon } from "./dom.js";
import { menu } from "./popup.js";
import { say } from "./words.js";

export class Composer {
  // `send(text)` resolves to true when it was taken; `commands` and `shortcuts` are the app's own.
  constructor({ send, commands, shortcuts, runShortcut }) {
    this.send = send;
    this.commands = commands;
    this.matches = [];
    this.active = -1;
    this.parts = this.build(shortcuts, runShortcut);
    this.node = this.parts.form;
  }

  build(shortcuts, runShortcut) {
    const listId = freshId("commands");
    const list = el("ul", { class: "command-list", role: "listbox", id: listId, hidden: true });
    const field = el("textarea", { rows: 1, class: "composer-field", "aria-label": "Message", role: "combobox",
      "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", id: "composer",
      on: { input: () => this.typed(), keydown: (event) => this.keys(event), blur: () => this.offer([]) } });
    const bolt = el("button", { type: "button", class: "icon" }, icon("bolt"));
    const items = shortcuts.map((one) => ({ content: one.name, note: one.description, run: () => runShortcut(one.callback_id) }));
    const place = shortcuts.length ? [bolt, menu(bolt, items, "Shortcuts")] : [];
    const button = el("button", { type: "submit", class: "send", disabled: true }, icon("send"));
    const form = el("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.go(); } } },
      list, field, el("div", { class: "composer-bar" }, place, el("span", { class: "grow" }), button));
    return { form, list, field, bolt, button };
  }

  place(words, locale) {
    const { field, bolt, button, list } = this.parts;
    field.placeholder = words;
    field.setAttribute("aria-label", words);
    for (const [node, name] of [[bolt, "Shortcuts"], [button, "Send"], [list, "Commands"]]) {
      node.setAttribute("aria-label", say(locale, name));
      if (node === bolt) node.title = say(locale, name);
    }
  }

  typed() {
    const { field, button } = this.parts;
    button.disabled = !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
    const word = /^\/\S*$/.exec(field.value)?.[0];
    this.offer(word ? this.commands.filter((one) => one.command.startsWith(word.toLowerCase())) : []);
  }

  offer(matches) {
    const { list, field } = this.parts;
    this.matches = matches;
    list.hidden = !matches.length;
    field.setAttribute("aria-expanded", String(Boolean(matches.length)));
    list.replaceChildren(...matches.map((one, at) => this.option(one, at)));
    this.mark(matches.length ? 0 : -1);
  }

  option(one, at) {
    // pointerdown would take the focus from the field, and with it this list.
    return el("li", { role: "option", id: `${this.parts.list.id}-${at}`,
      on: { pointerdown: (event) => event.preventDefault(), click: () => this.complete(one) } },
      el("b", {}, one.command), one.usage_hint ? ` ${one.usage_hint}` : "", el("small", {}, one.description ?? ""));
  }

  mark(at) {
    this.active = at;
    const { list, field } = this.parts;
    [...list.children].forEach((node, index) => {
      node.setAttribute("aria-selected", String(index === at));
      node.classList.toggle("active", index === at);
    });
    if (list.children[at]) field.setAttribute("aria-activedescendant", list.children[at].id);
    else field.removeAttribute("aria-activedescendant");
  }

  complete(one) {
    this.parts.field.value = `${one.command} `;
    this.parts.field.focus();
    this.typed();
  }

  keys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const offered = this.matches.length;
    if (step && offered) this.mark((this.active + step + offered) % offered);
    else if (event.key === "Escape" && offered) this.offer([]);
    else if (event.key === "Tab" && offered && !event.shiftKey) this.complete(this.matches[this.active]);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.enter();
    else return;
    event.preventDefault();
  }

  // As in Slack, Enter on a half-typed command completes it; on a whole one it sends.
  enter() {
    const one = this.matches[this.active];
    if (one && this.parts.field.value !== one.command) this.complete(one);
    else this.go();
  }

  async go() {
    const { field } = this.parts;
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    this.typed();
    if (!(await this.send(text)) && !field.value) {
      field.value = text;
      this.typed();
    }
  }
}
