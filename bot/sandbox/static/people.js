// Choosing who you are: one dialog with everybody, by group.
import { avatar, el, freshId, icon } from "./dom.js";
import { folded } from "./elements.js";
import { clockTime, zoneName } from "./times.js";

export class PeopleDialog {
  constructor({ groups, choose }) {
    this.groups = groups;
    this.choose = choose;
    this.mustChoose = false;
    this.search = el("input", { type: "search", class: "field", placeholder: "Find a person", "aria-label": "Find a person",
      on: { input: () => this.filter() } });
    this.list = el("div", { class: "people-list" });
    const x = el("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: () => this.dialog.close() } }, icon("close"));
    this.dialog = el("dialog", { class: "modal people", "aria-labelledby": "people-title",
      on: { cancel: (event) => { if (this.mustChoose) event.preventDefault(); }, close: () => this.reopen() } },
      el("header", {}, el("h2", { id: "people-title" }, "Who do you want to be?"), x),
      el("div", { class: "people-search" }, this.search), this.list);
    this.closer = x;
    document.body.append(this.dialog);
  }

  open(people, now, mustChoose) {
    this.mustChoose = mustChoose;
    this.signature = null;
    this.closer.hidden = mustChoose;
    this.search.value = "";
    this.show(people, now);
    if (!this.dialog.open) this.dialog.showModal();
  }

  // Brings an open list up to date: who has news may change while it is read.
  keepUp(people, now) {
    if (this.dialog.open) this.show(people, now);
  }

  show(people, now) {
    const signature = JSON.stringify(people);
    if (signature === this.signature) return;
    this.signature = signature;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.person : null;
    const known = new Map(people.map((person) => [person.id, person]));
    this.list.replaceChildren(...this.groups.map((group) => this.group(group, known, now)));
    this.filter();
    if (focused) this.list.querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
  }

  // Nobody is chosen yet: there is nothing to go back to.
  reopen() {
    if (this.mustChoose) this.dialog.showModal();
  }

  group({ heading, people }, known, now) {
    const id = freshId("group");
    const rows = people.filter((entry) => known.has(entry.id)).map((entry) => this.row(entry, known.get(entry.id), now));
    return el("section", { "aria-labelledby": id }, el("h3", { id }, heading), el("ul", {}, rows));
  }

  row(entry, person, now) {
    const facts = [entry.caption, zoneName(person.tz), clockTime(now, person), languageName(person.locale)];
    const button = el("button", { type: "button", class: "person", "data-person": person.id, on: { click: () => this.pick(person.id) } },
      avatar(person.name, person.id),
      el("span", { class: "person-words" }, el("b", {}, person.name), el("small", {}, facts.filter(Boolean).join(" · "))),
      person.unread ? el("span", { class: "badge" }, String(person.unread), el("span", { class: "unseen" }, " unread")) : null);
    return el("li", { "data-find": folded(`${person.name} ${facts.join(" ")}`) }, button);
  }

  pick(id) {
    this.mustChoose = false;
    this.dialog.close();
    this.choose(id);
  }

  filter() {
    const wanted = folded(this.search.value.trim());
    for (const row of this.list.querySelectorAll("li")) row.hidden = !row.dataset.find.includes(wanted);
    for (const group of this.list.querySelectorAll("section")) group.hidden = !group.querySelector("li:not([hidden])");
  }
}

export function languageName(locale) {
  return new Intl.DisplayNames(["en"], { type: "language" }).of(locale.split("-")[0]);
}
