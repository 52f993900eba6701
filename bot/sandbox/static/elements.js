// The interactive elements of Block Kit. Each renderer takes the element as the app sent it and its place:
// { ctx, blockId, sends, name, describedBy, optional }. `sends`: a change is told to the app at once.
import { agreed } from "./confirm.js";
import { el, freshId } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";
import { picker } from "./picker.js";
import { pictureAddress } from "./picture.js";
import { menu } from "./popup.js";
import { isStateful } from "./values.js";
import { say } from "./words.js";

const DATE_PAUSE_MS = 900;

const RENDERERS = {
  button, workflow_button: button, overflow, image,
  static_select: optionSelect, multi_static_select: optionSelect,
  external_select: optionSelect, multi_external_select: optionSelect,
  users_select: idSelect, multi_users_select: idSelect,
  conversations_select: idSelect, multi_conversations_select: idSelect,
  channels_select: idSelect, multi_channels_select: idSelect,
  radio_buttons: choices, checkboxes: choices,
  datepicker: native, timepicker: native, datetimepicker: moment,
  plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput,
};

export function element(spec, place) {
  const render = RENDERERS[spec.type];
  if (!render) return el("em", { class: "unknown" }, `(${spec.type} is not shown here)`);
  const start = isStateful(spec.type) ? place.ctx.values.start(place.blockId, spec) : null;
  return render(spec, place, start);
}

// Keeps the new value and, where the place sends, asks for confirmation and tells the app.
async function change(spec, place, part, undo) {
  const { ctx, blockId } = place;
  const before = ctx.values.get(blockId, spec.action_id);
  const value = { type: spec.type, ...part };
  ctx.values.set(blockId, spec.action_id, value);
  if (!place.sends) return;
  if (await agreed(spec.confirm, ctx)) {
    await ctx.act({ ...value, action_id: spec.action_id, block_id: blockId });
  } else {
    ctx.values.set(blockId, spec.action_id, before);
    undo(before);
  }
}

// ---- buttons and menus

function button(spec, place) {
  const style = spec.style ? ` ${spec.style}` : "";
  const attributes = { class: `button${style}`, "aria-label": spec.accessibility_label, "data-action": spec.action_id,
    "data-control": true };
  if (spec.url) {
    return el("a", { ...attributes, href: safeAddress(spec.url), target: "_blank", rel: "noopener noreferrer",
      on: { click: () => press(spec, place, null) } }, plain(spec.text.text));
  }
  const node = el("button", { ...attributes, type: "button" }, plain(spec.text.text));
  node.addEventListener("click", () => press(spec, place, node));
  return node;
}

async function press(spec, place, node) {
  if (!(await agreed(spec.confirm, place.ctx))) return;
  node?.setAttribute("aria-busy", "true");
  await place.ctx.act({ type: "button", action_id: spec.action_id, block_id: place.blockId,
    text: spec.text, ...(spec.value === undefined ? {} : { value: spec.value }) });
  node?.removeAttribute("aria-busy");
}

// An address of any other scheme must not become something to click.
function safeAddress(address) {
  return /^(https?|slack|mailto|tel):/i.test(address) ? address : null;
}

function overflow(spec, place) {
  const name = say(place.ctx.viewer.locale, "More actions");
  const opener = el("button", { type: "button", class: "button overflow", "aria-label": name,
    "data-action": spec.action_id, "data-control": true }, "⋯");
  const items = spec.options.map((option) => ({
    content: textObject(option.text, place.ctx),
    note: option.description?.text,
    run: () => chooseOverflow(spec, option, place),
  }));
  return el("span", { class: "overflow-place" }, opener, menu(opener, items, name));
}

async function chooseOverflow(spec, option, place) {
  if (!(await agreed(spec.confirm, place.ctx))) return;
  if (option.url) window.open(safeAddress(option.url), "_blank", "noopener,noreferrer");
  await place.ctx.act({ type: "overflow", action_id: spec.action_id, block_id: place.blockId, selected_option: option });
}

// A picture of another origin is not fetched (this page works offline): its description stands in its place.
export function image(spec) {
  const address = pictureAddress(spec);
  if (/^data:image\//.test(address) || address.startsWith(`${location.origin}/`)) {
    return el("img", { src: address, alt: spec.alt_text ?? "", class: "picture" });
  }
  return el("span", { class: "picture missing", role: "img", "aria-label": spec.alt_text ?? "" }, spec.alt_text ?? "");
}

// ---- lists to choose from

const PART = {
  static_select: ["selected_option", false], external_select: ["selected_option", false],
  multi_static_select: ["selected_options", true], multi_external_select: ["selected_options", true],
  users_select: ["selected_user", false], multi_users_select: ["selected_users", true],
  conversations_select: ["selected_conversation", false], multi_conversations_select: ["selected_conversations", true],
  channels_select: ["selected_channel", false], multi_channels_select: ["selected_channels", true],
};

function asList(value) {
  if (Array.isArray(value)) return value;
  return value ? [value] : [];
}

function select(spec, place, { start, load, toItem, toValue, remote = false }) {
  const [key, multi] = PART[spec.type];
  const items = (value) => asList(value[key]).map(toItem);
  const made = picker({
    name: place.name, describedBy: place.describedBy, multi, load, remote, max: spec.max_selected_items,
    minQuery: remote ? spec.min_query_length ?? 3 : 0, clearable: place.optional,
    placeholder: spec.placeholder?.text ?? say(place.ctx.viewer.locale, multi ? "Select options" : "Select an option"),
    say: (english, facts) => say(place.ctx.viewer.locale, english, facts), chosen: items(start),
    onChange: (chosen) => change(spec, place,
      { [key]: multi ? chosen.map(toValue) : chosen.length ? toValue(chosen[0]) : null },
      (before) => made.reset(items(before))),
  });
  made.node.dataset.action = spec.action_id;
  return made.node;
}

function fromOption(option) {
  return { key: option.value, label: option.text.text, description: option.description?.text, raw: option };
}

function optionGroups(spec) {
  if (spec.option_groups) {
    return spec.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(fromOption) }));
  }
  return [{ label: null, options: (spec.options ?? []).map(fromOption) }];
}

function optionSelect(spec, place, start) {
  const remote = spec.type.endsWith("external_select");
  const load = remote
    ? async (query) => optionGroups(await place.ctx.options({ action_id: spec.action_id, block_id: place.blockId, query }))
    : async (query) => matching(optionGroups(spec), query);
  return select(spec, place, { start, load, remote, toItem: fromOption, toValue: (item) => item.raw });
}

function matching(groups, query) {
  const wanted = folded(query);
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => folded(option.label).includes(wanted)) }))
    .filter((group) => group.options.length);
}

// Accents and case never keep a name from being found.
export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function idSelect(spec, place, start) {
  const { ctx } = place;
  const people = spec.type.includes("users");
  const toItem = (id) => (people ? personItem(ctx.person(id), id) : placeItem(id, ctx));
  const ids = () => (people ? ctx.people().map((person) => person.id) : conversations(spec, ctx));
  const all = () => ids().map(toItem).sort((a, b) => a.label.localeCompare(b.label, ctx.viewer.locale));
  const load = async (query) => matching([{ label: null, options: all() }], query);
  return select(spec, place, { start, load, toItem, toValue: (item) => item.key });
}

function personItem(person, id) {
  return { key: id, label: person?.name ?? id, description: person?.title };
}

function placeItem(id, ctx) {
  const channel = ctx.channel(id);
  return { key: id, label: channel ? `# ${channel.name}` : ctx.person(id)?.name ?? id };
}

function conversations(spec, ctx) {
  const kinds = spec.type.includes("channels_select") ? ["public"] : spec.filter?.include ?? ["public", "private"];
  return ctx.channels()
    .filter((channel) => kinds.includes(channel.is_mpim ? "mpim" : channel.is_private ? "private" : "public"))
    .map((channel) => channel.id);
}

// ---- radio buttons and checkboxes

function choices(spec, place, start) {
  const many = spec.type === "checkboxes";
  const group = freshId("choice");
  const chosen = new Set(asList(many ? start.selected_options : start.selected_option).map((option) => option.value));
  const rows = spec.options.map((option, at) => choice(option, { many, group, checked: chosen.has(option.value), place, at }));
  const inputs = () => [...node.querySelectorAll("input")];
  const part = () => {
    const picked = spec.options.filter((_, at) => inputs()[at].checked);
    return many ? { selected_options: picked } : { selected_option: picked[0] ?? null };
  };
  const undo = (before) => {
    const values = asList(many ? before.selected_options : before.selected_option).map((option) => option.value);
    inputs().forEach((input, at) => { input.checked = values.includes(spec.options[at].value); });
  };
  const node = el("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-label": place.name,
    "aria-describedby": place.describedBy, "data-action": spec.action_id,
    on: { change: () => change(spec, place, part(), undo) } }, rows);
  return node;
}

function choice(option, { many, group, checked, place, at }) {
  const id = `${group}-${at}`;
  const note = option.description ? el("small", { id: `${id}-note` }, textObject(option.description, place.ctx)) : null;
  const input = el("input", { type: many ? "checkbox" : "radio", name: group, id, "data-control": true,
    "aria-describedby": note ? note.id : null });
  input.checked = checked;
  return el("div", { class: "choice" }, input, el("label", { for: id }, textObject(option.text, place.ctx), note));
}

// ---- dates, times and text

// Typing a date changes it with every key: the app is told after a pause or when the field is left.
function settled(node, run) {
  let timer = null;
  let waiting = false;
  const now = () => { clearTimeout(timer); if (waiting) { waiting = false; run(); } };
  node.addEventListener("input", () => { waiting = true; clearTimeout(timer); timer = setTimeout(now, DATE_PAUSE_MS); });
  node.addEventListener("focusout", now);
}

function native(spec, place, start) {
  const [type, key] = spec.type === "datepicker" ? ["date", "selected_date"] : ["time", "selected_time"];
  const node = el("input", { type, class: "field", "aria-label": place.name ?? spec.placeholder?.text,
    "aria-describedby": place.describedBy, "data-action": spec.action_id, "data-control": true });
  node.value = start[key] ?? "";
  follow(node, spec, place, () => ({ [key]: node.value || null }), (before) => { node.value = before[key] ?? ""; });
  return node;
}

// In an input nothing is sent, so the value is kept at once; elsewhere it waits until it has settled.
function follow(node, spec, place, part, undo) {
  const tell = () => change(spec, place, part(), undo);
  if (place.sends) settled(node, tell);
  else node.addEventListener("input", tell);
}

function moment(spec, place, start) {
  const chosen = start.selected_date_time;
  const offset = (seconds) => place.ctx.zoneOffset(seconds);
  const shown = chosen ? new Date((chosen + offset(chosen)) * 1000).toISOString() : "";
  const date = el("input", { type: "date", class: "field", "aria-label": `${place.name ?? "Date"}: date`, "data-control": true });
  const time = el("input", { type: "time", class: "field", "aria-label": `${place.name ?? "Time"}: time` });
  [date.value, time.value] = [shown.slice(0, 10), shown.slice(11, 16)];
  const node = el("div", { class: "moment", "data-action": spec.action_id }, date, time);
  const seconds = () => Date.parse(`${date.value}T${time.value}:00Z`) / 1000;
  const part = () => ({ selected_date_time: Number.isFinite(seconds()) ? seconds() - offset(seconds()) : null });
  follow(node, spec, place, part, () => {});
  return node;
}

const INPUT_TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "text" };

function textInput(spec, place, start) {
  const tag = spec.multiline ? "textarea" : "input";
  const node = el(tag, { class: "field", type: spec.multiline ? null : INPUT_TYPES[spec.type],
    inputmode: spec.type === "number_input" ? "decimal" : null, rows: spec.multiline ? 4 : null,
    placeholder: spec.placeholder?.text, "aria-label": place.name, "aria-describedby": place.describedBy,
    autofocus: spec.focus_on_load, "data-action": spec.action_id, "data-control": true });
  node.value = start.value ?? "";
  const told = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const keep = (sends) => change(spec, { ...place, sends }, { value: node.value || null }, () => {});
  node.addEventListener("input", () => keep(place.sends && told.includes("on_character_entered")));
  if (place.sends && told.includes("on_enter_pressed")) node.addEventListener("keydown", (event) => sendOnEnter(event, keep));
  return spec.max_length ? el("div", { class: "counted" }, node, counter(node, spec.max_length)) : node;
}

function sendOnEnter(event, keep) {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  keep(true);
}

// How many characters are left, shown when few are.
function counter(node, limit) {
  const shown = el("small", { class: "left", role: "status" });
  const count = () => {
    const left = limit - [...node.value].length;
    shown.textContent = left <= Math.min(50, limit / 5) ? String(left) : "";
    shown.classList.toggle("over", left < 0);
  };
  node.addEventListener("input", count);
  count();
  return shown;
}
