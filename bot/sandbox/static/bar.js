// The bar on top: the movable clock, its jumps with their progress, and the demo's guidance.
import { el } from "./dom.js";
import { clockTime, shortDay, zoneName } from "./times.js";

export class ClockBar {
  constructor({ root, jumps, run, stop }) {
    this.time = el("span", { class: "bar-time" });
    this.universal = el("span", { class: "bar-utc" });
    this.buttons = jumps.map((name) => el("button", { type: "button", class: "jump", on: { click: () => run(name) } }, name));
    this.progress = el("progress", { max: 1, value: 0, "aria-label": "Time passes" });
    this.words = el("span", { class: "bar-words", role: "status" });
    this.stop = el("button", { type: "button", class: "jump", on: { click: stop } }, "Stop here");
    this.travel = el("div", { class: "bar-travel", hidden: true }, this.progress, this.words, this.stop);
    const row = el("div", { class: "bar-jumps", role: "group", "aria-label": "Move the clock" }, this.buttons);
    const clock = [el("span", { class: "bar-label" }, "Simulated time"), " ", this.time, " ", this.universal];
    root.replaceChildren(el("div", { class: "bar-clock" }, clock), row, this.travel);
  }

  show(now, viewer, jump) {
    const utc = { locale: viewer.locale, tz: "UTC" };
    const sameDay = shortDay(now, viewer) === shortDay(now, utc);
    this.time.textContent = `${shortDay(now, viewer)}, ${clockTime(now, viewer)} ${zoneName(viewer.tz)}`;
    this.universal.textContent = `${sameDay ? "" : `${shortDay(now, utc)}, `}${clockTime(now, utc)} UTC`;
    const running = jump?.state === "running";
    this.travel.hidden = !running;
    for (const button of this.buttons) button.disabled = running;
    if (running) this.showProgress(jump);
  }

  showProgress(jump) {
    this.progress.value = jump.done;
    const words = jump.words || jump.name;
    if (this.words.textContent !== words) this.words.textContent = words;
    this.stop.disabled = jump.stopping;
  }
}

// A sentence or two, and whom to be next.
export function showGuide(root, guide, { person, choose }) {
  const next = guide.try_next.filter((one) => person(one.id));
  root.hidden = !guide.sentences.length && !next.length;
  const signature = JSON.stringify([guide, next.map((one) => person(one.id).unread)]);
  if (root.dataset.signature === signature) return;
  root.dataset.signature = signature;
  root.replaceChildren(
    el("p", {}, guide.sentences.join(" ")),
    next.length ? el("div", { class: "guide-next" }, el("span", {}, "Try next:"), next.map((one) => nextButton(one, person, choose))) : "");
}

function nextButton(one, person, choose) {
  const { name, unread } = person(one.id);
  return el("button", { type: "button", class: "try", on: { click: () => choose(one.id) } },
    el("b", {}, name), one.caption ? ` ${one.caption}` : "", unread ? el("span", { class: "dot", title: "Unread" }) : null);
}
