// The left column: who you are, the app, the channels.
import { avatar, el, icon } from "./dom.js";
import { clockTime } from "./times.js";
import { say } from "./words.js";

export function sidebar(root, { title, seen, bot, place, now, go, switchPerson }) {
  const { me, channels, dm } = seen;
  const signature = JSON.stringify([title, me, place, dm.unread, clockTime(now, me), channels.map((one) => [one.id, one.name, one.unread])]);
  if (root.dataset.signature === signature) return;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  root.dataset.signature = signature;
  const appPlace = place.startsWith("C") ? null : place;
  root.replaceChildren(
    el("div", { class: "side-title" }, title),
    personButton(me, now, switchPerson),
    section(say(me.locale, "Apps"), [entry({ place: "messages", current: Boolean(appPlace), unread: dm.unread, go,
      mark: avatar(bot.name, bot.id, "tiny"), name: bot.name, locale: me.locale })]),
    section(say(me.locale, "Channels"), channels.filter((one) => !one.is_mpim).map((one) => entry({ place: one.id, current: one.id === place,
      unread: one.unread, go, mark: el("span", { class: "side-mark", "aria-hidden": "true" }, one.is_private ? icon("lock") : "#"), name: one.name,
      locale: me.locale }))),
    section(say(me.locale, "Direct messages"), channels.filter((one) => one.is_mpim).map((one) => entry({ place: one.id, current: one.id === place,
      unread: one.unread, go, mark: avatar(one.name, one.id, "tiny"), name: one.name, locale: me.locale }))));
  root.querySelector(`[data-place="${focused}"]`)?.focus();
}

function personButton(me, now, switchPerson) {
  const status = me.status_text ? ` · ${me.status_text}` : "";
  return el("button", { type: "button", class: "side-person", "data-place": "person", "aria-haspopup": "dialog", on: { click: switchPerson } },
    avatar(me.name, me.id),
    el("span", { class: "person-words" }, el("b", {}, me.name), el("small", {}, `${clockTime(now, me)}${me.title ? ` · ${me.title}` : ""}${status}`)),
    el("span", { class: "side-switch" }, "Switch"));
}

function section(heading, entries) {
  if (!entries.length) return "";
  return el("section", {}, el("h2", {}, heading), el("ul", {}, entries));
}

function entry({ place, current, unread, go, mark, name, locale }) {
  return el("li", {},
    el("button", { type: "button", class: `side-entry${unread ? " unread" : ""}`, "data-place": place,
      "aria-current": current ? "page" : null, on: { click: () => go(place) } },
      mark, el("span", { class: "side-name" }, name),
      unread ? el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }, String(unread)),
        el("span", { class: "unseen" }, say(locale, "{count} unread", { count: unread }))) : null));
}
