// A list of messages: rendered once each, replaced only when one changed, with day lines between.
import { avatar, el, icon } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { fileNode } from "./file.js";
import { mrkdwn } from "./mrkdwn.js";
import { clockTime, dayKey, fullTime, longDay } from "./times.js";
import { Values } from "./values.js";
import { say } from "./words.js";

const NEAR_END = 120;
const SAME_SPEAKER_SECONDS = 300;

export class Conversation {
  // `context(message, values)` gives what rendering needs; `announce(words)` tells a screen reader.
  constructor({ context, announce }) {
    this.context = context;
    this.announce = announce;
    this.list = el("ol", { class: "messages" });
    this.node = el("div", { class: "scroll", tabindex: "0" }, this.list);
    this.rows = new Map();
    this.id = null;
    this.following = false;
    this.atNewest = true;
    this.height = 0;
    this.node.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.resized()).observe(this.node);
    // A picture takes its room only once it is there.
    this.node.addEventListener("load", () => this.resized(), true);
  }

  // Where the person scrolled to; a box that has just become smaller was not scrolled by anybody.
  scrolled() {
    if (this.node.clientHeight === this.height) this.atNewest = this.atEnd();
  }

  // What comes above the conversation later, or a keyboard below it, does not hide the newest message.
  resized() {
    this.height = this.node.clientHeight;
    if (this.atNewest) this.node.scrollTop = this.node.scrollHeight;
  }

  show(id, messages, viewer, empty) {
    const fresh = id !== this.id;
    if (fresh) this.start(id, empty);
    this.list.setAttribute("aria-label", say(viewer.locale, "Messages"));
    const stay = !fresh && !this.following && !this.atEnd();
    const before = this.node.scrollTop;
    this.drop(messages);
    const added = this.place(messages, viewer);
    this.list.classList.toggle("none", messages.length === 0);
    this.node.scrollTop = stay ? before : this.node.scrollHeight;
    this.atNewest = !stay;
    if (added.length) this.following = false;
    if (!fresh) added.filter((message) => message.user !== viewer.id).forEach((message) => this.announce(spoken(message)));
  }

  // The person said something: what comes next is to be seen, wherever they had scrolled to.
  follow() {
    this.following = true;
  }

  start(id, empty) {
    this.id = id;
    this.rows.clear();
    this.list.replaceChildren(el("li", { class: "nothing" }, empty));
  }

  atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
  }

  drop(messages) {
    const keep = new Set(messages.map((message) => message.ts));
    for (const ts of this.rows.keys()) {
      if (keep.has(ts)) continue;
      this.rows.delete(ts);
    }
  }

  // Answers the messages that are new here.
  place(messages, viewer) {
    const [added, nodes] = [[], [this.list.firstChild]];
    let last = null;
    for (const message of messages) {
      const day = dayKey(sentAt(message), viewer);
      if (!last || day !== last.day) nodes.push(this.dayLine(day, message, viewer));
      const follows = last && day === last.day && continues(last.message, message);
      const row = this.row(message, follows, viewer);
      if (row.isNew) added.push(message);
      nodes.push(row.node);
      last = { day, message };
    }
    arrange(this.list, nodes);
    return added;
  }

  dayLine(day, message, viewer) {
    const words = longDay(sentAt(message), viewer);
    const known = [...this.list.children].find((node) => node.dataset.day === day && node.textContent === words);
    return known ?? el("li", { class: "day", role: "separator", "data-day": day }, el("span", {}, words));
  }

  // A message that did not change keeps its node, and with it an open menu or the focus.
  row(message, follows, viewer) {
    const signature = JSON.stringify([message, follows, viewer.id, viewer.tz, viewer.locale]);
    const known = this.rows.get(message.ts);
    if (known?.signature === signature) return { node: known.node, isNew: false };
    const values = new Values(known?.values);
    const node = messageNode(message, { follows, viewer, ctx: this.context(message, values) });
    known?.node.replaceWith(node);
    this.rows.set(message.ts, { node, signature, values });
    return { node, isNew: !known };
  }
}

export function sentAt(message) {
  return new Date(Number(message.ts) * 1000);
}

function continues(before, message) {
  const apart = sentAt(message) - sentAt(before);
  return before.user === message.user && before.ephemeral === message.ephemeral && before.in_thread === message.in_thread && apart < SAME_SPEAKER_SECONDS * 1000;
}

// A node that is where it belongs is not touched: moving it would close its open menu and take its focus.
function arrange(list, nodes) {
  let here = list.firstChild;
  for (const node of nodes) {
    if (node === here) here = here.nextSibling;
    else list.insertBefore(node, here);
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

function messageNode(message, { follows, viewer, ctx }) {
  const moment = sentAt(message);
  const time = el("time", { datetime: moment.toISOString(), title: fullTime(moment, viewer) }, clockTime(moment, viewer));
  const who = ctx.person(message.user);
  const head = el("div", { class: "message-head" }, el("b", {}, who?.name ?? message.user),
    message.from_bot ? el("span", { class: "app-badge" }, "APP") : null, time);
  const classes = ["message", follows ? "follows" : "", message.ephemeral ? "ephemeral" : ""].filter(Boolean).join(" ");
  return el("li", { class: classes, "data-ts": message.ts },
    el("span", { class: "message-side" }, avatar(who?.name ?? "?", message.user)),
    el("div", { class: "message-main" },
      message.in_thread ? el("div", { class: "only-you" }, say(viewer.locale, "In a thread")) : null,
      message.ephemeral ? el("div", { class: "only-you" }, icon("eye"), say(viewer.locale, "Only visible to you")) : null,
      head, body(message, ctx), (message.files ?? []).map((file) => fileNode(file, viewer)),
      message.edited ? el("span", { class: "edited" }, say(viewer.locale, "(edited)")) : null));
}

function body(message, ctx) {
  if (!message.blocks.length && !message.text) return null;
  if (message.blocks.length) return renderBlocks(message.blocks, ctx);
  return el("div", { class: "message-text" }, mrkdwn(message.text, ctx));
}

function spoken(message) {
  return message.text || "A new message";
}
