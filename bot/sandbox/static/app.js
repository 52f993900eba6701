// The page: keeps what the workspace shows to one person on the screen, and tells it what they do.
import { get, live, post } from "./api.js";
import { ClockBar, showGuide } from "./bar.js";
import { renderBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, icon } from "./dom.js";
import { Modals } from "./modal.js";
import { PeopleDialog } from "./people.js";
import { sidebar } from "./sidebar.js";
import { toast } from "./toasts.js";
import { Values } from "./values.js";
import { say } from "./words.js";

const node = (id) => document.getElementById(id);

class Page {
  constructor(start) {
    this.start = start;
    this.now = new Date(start.now);
    this.jump = null;
    this.seen = null;
    this.visited = null;
    this.home = { hash: null, values: null };
    [this.userId, this.place] = readHash();
    this.modals = new Modals({
      context: (view, values) => this.context("modal", values, { view_id: view.id }),
      submit: (view, values) => this.act("submit", { view_id: view.id, values }),
      close: (viewId) => this.act("close", { view_id: viewId }),
    });
    this.conversation = new Conversation({
      context: (message, values) => this.context("message", values, { channel: message.channel, ts: message.ts }),
      announce: (words) => { node("announcer").textContent = words; },
    });
    this.composer = new Composer({ send: (text) => this.send(text), commands: start.commands, shortcuts: start.shortcuts,
      runShortcut: (id) => this.act("shortcut", { callback_id: id }) });
    this.people = new PeopleDialog({ groups: start.groups, choose: (id) => this.become(id) });
    this.bar = new ClockBar({ root: node("bar"), jumps: start.jumps, run: (name) => this.act("jump", { name }),
      stop: () => this.act("jump/stop", {}) });
    this.buildMain();
  }

  // ---- what is on the screen

  buildMain() {
    this.heading = el("h1", {});
    this.tabs = Object.fromEntries(["home", "messages"].map((name) => [name, this.tab(name)]));
    this.tabList = el("div", { role: "tablist", "aria-label": "App", class: "tabs", on: { keydown: (event) => this.walkTabs(event) } },
      this.tabs.home, this.tabs.messages);
    this.homePane = el("div", { class: "home scroll", id: "pane-home", tabindex: "0" });
    this.talk = el("div", { class: "talk", id: "pane-messages" }, this.conversation.node, this.composer.node);
    this.back = el("button", { type: "button", class: "icon back", on: { click: () => this.showPane("side") } }, icon("back"));
    const head = el("div", { class: "main-head" }, this.back, this.heading, this.tabList);
    node("main").replaceChildren(head, this.homePane, this.talk);
  }

  tab(name) {
    return el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`,
      on: { click: () => this.go(name) } });
  }

  walkTabs(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    this.go(this.place === "home" ? "messages" : "home");
    this.tabs[this.place].focus();
  }

  showPane(pane) {
    document.body.dataset.pane = pane;
  }

  render() {
    const { seen, start } = this;
    if (!seen) return;
    if (!["home", "messages", ...this.joined().map((one) => one.id)].includes(this.place)) this.place = "messages";
    document.title = `${seen.me.name} – ${start.title}`;
    node("main").setAttribute("lang", seen.me.locale);
    this.renderMain();
    sidebar(node("side"), { title: start.title, seen: { ...seen, channels: this.joined() }, bot: start.bot, place: this.place, now: this.now,
      go: (place) => this.go(place), switchPerson: () => this.people.open(this.seen.people, this.now, false) });
    showGuide(node("guide"), seen.guide, { person: (id) => this.person(id), choose: (id) => this.become(id) });
    this.people.keepUp(seen.people, this.now);
    this.modals.show(seen.views, start.bot.name, seen.me.locale);
    this.renderTime();
  }

  renderMain() {
    const channel = this.seen.channels.find((one) => one.id === this.place);
    const onHome = this.place === "home";
    this.heading.replaceChildren(...this.title(channel));
    this.tabList.hidden = Boolean(channel);
    this.back.setAttribute("aria-label", say(this.seen.me.locale, "All conversations"));
    for (const [name, tab] of Object.entries(this.tabs)) {
      tab.textContent = say(this.seen.me.locale, name === "home" ? "Home" : "Messages");
      tab.setAttribute("aria-selected", String(this.place === name));
      tab.tabIndex = this.place === name ? 0 : -1;
    }
    this.homePane.hidden = !onHome;
    this.talk.hidden = onHome;
    if (onHome) this.renderHome();
    else this.renderTalk(channel ?? this.seen.dm, channel);
  }

  title(channel) {
    if (!channel) return [this.start.bot.name];
    if (channel.is_mpim) return [channel.name];
    return channel.is_private ? [icon("lock"), " ", channel.name] : ["# ", channel.name];
  }

  renderTalk(talk, channel) {
    const { locale } = this.viewer();
    const name = (channel ?? this.start.bot).name;
    const isChannel = channel && !channel.is_mpim;
    this.composer.place(say(locale, isChannel ? "Message #{name}" : "Message {name}", { name }), locale);
    const empty = say(locale, isChannel ? "This is the start of #{name}." : "This is the start of your conversation with {name}.", { name });
    this.conversation.show(`${this.userId}/${talk.id}`, talk.messages, this.viewer(), empty);
    if (talk.unread && !document.hidden) this.markRead(talk);
  }

  renderHome() {
    const view = this.seen.home;
    const signature = JSON.stringify([this.userId, view?.hash]);
    if (this.home.signature === signature) return;
    const same = this.home.userId === this.userId;
    const scrolled = this.homePane.scrollTop;
    const values = new Values(same ? this.home.values : null);
    this.home = { signature, userId: this.userId, values };
    const content = view
      ? renderBlocks(view.blocks, this.context("home", values, { view_id: view.id }))
      : el("p", { class: "nothing" }, say(this.viewer().locale, "Nothing here yet."));
    this.homePane.replaceChildren(content);
    this.homePane.scrollTop = same ? scrolled : 0;
  }

  renderTime() {
    if (this.seen) this.bar.show(this.now, this.viewer(), this.jump);
  }

  // ---- what rendering needs to know

  viewer() {
    const { id, tz, locale } = this.seen.me;
    return { id, tz, locale, now: this.now };
  }

  person(id) {
    return this.seen.people.find((person) => person.id === id) ?? null;
  }

  joined() {
    return this.seen.channels.filter((channel) => channel.joined);
  }

  channel(id) {
    return this.seen.channels.find((channel) => channel.id === id) ?? null;
  }

  context(surface, values, where) {
    return {
      surface, values, viewer: this.viewer(),
      person: (id) => this.person(id),
      channel: (id) => this.channel(id),
      people: () => this.seen.people.filter((person) => person.listed),
      channels: () => this.seen.channels,
      zoneOffset: (seconds) => zoneOffset(seconds, this.seen.me.tz),
      act: (action) => this.act("use", { ...where, action, values: values.blocks }),
      options: (asked) => this.options({ as: this.userId, ...where, ...asked }),
    };
  }

  // ---- what a person does

  // Does it, shows Slack's warnings, and brings the screen up to date. Answers the outcome.
  async act(what, details) {
    const outcome = await this.try(what, { as: this.userId, ...details });
    if (["no ack", "refused", "not done"].includes(outcome?.kind) && what !== "submit") toast(this.warning(outcome));
    await this.refresh();
    return outcome ?? { kind: "failed" };
  }

  async options(asked) {
    const outcome = await post("options", asked);
    if (outcome.kind !== "acked") throw new Error(this.warning(outcome));
    return outcome;
  }

  warning(outcome) {
    return outcome.warning || outcome.error || `${this.start.bot.name} did not answer within 3 seconds. Try again.`;
  }

  async try(path, body) {
    try {
      return await post(path, body);
    } catch (error) {
      toast(error.message);
      return null;
    }
  }

  async send(text) {
    const channel = this.channel(this.place)?.id ?? this.seen.dm.id;
    const [command, ...words] = text.split(" ");
    const path = text.startsWith("/") ? "command" : "say";
    const details = path === "command" ? { command, text: words.join(" ").trim() } : { text };
    this.conversation.follow();
    const outcome = await this.act(path, { channel, ...details });
    return !["failed", "not done"].includes(outcome.kind);
  }

  markRead(talk) {
    const last = talk.messages.at(-1);
    talk.unread = 0;
    if (last) this.try("read", { as: this.userId, channel: talk.id, ts: last.ts });
  }

  // ---- where a person is

  go(place) {
    this.place = place;
    this.showPane("main");
    this.visited = null;
    this.writeHash();
    this.render();
    this.visit();
  }

  // Slack tells an app each time somebody opens its Home or its messages.
  visit() {
    const here = `${this.userId}/${this.place}`;
    if (this.visited === here) return;
    this.visited = here;
    if (this.place === "home" || this.place === "messages") this.act("home", { tab: this.place });
  }

  become(userId) {
    this.userId = userId;
    this.place = "messages";
    this.seen = null;
    this.modals.hide();
    this.showPane("main");
    this.writeHash();
    this.refresh();
  }

  writeHash() {
    history.replaceState(null, "", `#${this.userId}/${this.place}`);
  }

  followHash() {
    const [userId, place] = readHash();
    if (userId !== this.userId) this.seen = null;
    [this.userId, this.place] = [userId, place];
    this.refresh();
  }

  // ---- keeping up

  // One look at a time; what changes meanwhile is fetched right after.
  async refresh() {
    this.wanted = true;
    this.looking ??= this.lookWhileWanted();
    return this.looking;
  }

  async lookWhileWanted() {
    while (this.wanted) {
      this.wanted = false;
      const asked = this.userId;
      try {
        const seen = await get(`seen?as=${encodeURIComponent(asked ?? "")}`);
        if (asked === this.userId) this.showSeen(seen);
      } catch (error) {
        toast(error.message);
      }
    }
    this.looking = null;
  }

  showSeen(seen) {
    this.now = new Date(seen.now);
    if (!seen.me && this.people.mustChoose) this.people.keepUp(seen.people, this.now);
    else if (!seen.me) this.people.open(seen.people, this.now, true);
    if (!seen.me) return;
    this.seen = seen;
    this.render();
    this.visit();
  }

  tick({ now, jump }) {
    this.now = new Date(now);
    const phase = jump ? `${jump.number} ${jump.state}` : "none";
    // A jump may be over between two ticks; one that was over before this page was opened is no news.
    const ended = this.phase !== undefined && this.phase !== phase && jump?.state !== "running";
    [this.phase, this.jump] = [phase, jump];
    if (ended && jump?.state === "failed") toast(jump.words);
    if (ended) this.refresh();
    this.renderTime();
  }

  keepUp() {
    window.addEventListener("hashchange", () => this.followHash());
    live({
      onTick: (tick) => this.tick(tick),
      onChange: () => this.refresh(),
      onLost: () => toast("The connection to the local Slack was lost. Trying again…"),
    });
  }
}

function readHash() {
  const [userId, place] = decodeURIComponent(location.hash.slice(1)).split("/");
  return [userId || null, place || "messages"];
}

// Seconds that the zone is ahead of UTC at a moment (epoch seconds).
function zoneOffset(seconds, tz) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: tz, timeZoneName: "longOffset" }).formatToParts(seconds * 1000);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(parts.find((part) => part.type === "timeZoneName").value);
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60) : 0;
}

try {
  const page = new Page(await get("start"));
  page.keepUp();
} catch (error) {
  toast(error.message);
}
