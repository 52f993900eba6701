// One list to choose from, with a search field: every select menu of Block Kit.
// An option here is { key, label, description, raw }; a group is { label, options }.
import { el, freshId } from "./dom.js";
import { place, popup } from "./popup.js";

const FEW = 10;
const TYPING_PAUSE_MS = 200;

export function picker(settings) {
  const state = { ...settings, chosen: [...settings.chosen], options: [], active: -1, changed: false };
  const parts = skeleton(state);
  state.parts = parts;
  parts.panel = popup(parts.opener, [parts.search, parts.list, parts.status], {
    onOpen: () => opened(state),
    onClose: () => closed(state),
  });
  parts.opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    parts.panel.showPopover();
  });
  parts.root.append(parts.panel);
  showChosen(state);
  return { node: parts.root, reset: (chosen) => { state.chosen = [...chosen]; showChosen(state); } };
}

function skeleton(state) {
  const listId = freshId("list");
  const value = el("span", { class: "picker-value", id: freshId("value") });
  const opener = el("button", { type: "button", class: "picker-open", "aria-haspopup": "listbox",
    "aria-describedby": state.describedBy, "data-control": true }, value);
  const search = el("input", { type: "text", role: "combobox", class: "picker-search", autocomplete: "off",
    "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": state.say("Search"),
    placeholder: state.say("Search"),
    on: { input: () => searchSoon(state), keydown: (event) => keys(event, state) } });
  const list = el("ul", { role: "listbox", id: listId, class: "picker-list", "aria-label": state.name ?? state.placeholder,
    "aria-multiselectable": state.multi ? "true" : null });
  const status = el("p", { class: "picker-status", role: "status" });
  const chips = el("span", { class: "chips" });
  const clear = el("button", { type: "button", class: "picker-clear", "aria-label": state.say("Clear the choice"), hidden: true,
    on: { click: () => clearAll(state) } }, "×");
  const root = el("div", { class: `picker${state.multi ? " multi" : ""}` }, chips, opener, clear);
  return { root, opener, value, search, list, status, chips, clear };
}

function showChosen(state) {
  const { opener, value, chips, clear } = state.parts;
  const single = state.multi ? null : state.chosen[0];
  value.textContent = single ? single.label : state.placeholder;
  value.classList.toggle("empty", !single);
  opener.setAttribute("aria-label", [state.name, state.multi ? chosenWords(state) : value.textContent].filter(Boolean).join(": "));
  clear.hidden = !(state.clearable && single);
  chips.replaceChildren(...(state.multi ? state.chosen.map((option) => chip(option, state)) : []));
}

function chosenWords(state) {
  return state.chosen.map((option) => option.label).join(", ") || state.placeholder;
}

function chip(option, state) {
  const remove = () => { drop(option, state); state.changed = false; state.onChange(state.chosen); };
  return el("span", { class: "chip" }, option.label,
    el("button", { type: "button", "aria-label": state.say("Remove {name}", { name: option.label }), on: { click: remove } }, "×"));
}

function drop(option, state) {
  state.chosen = state.chosen.filter((other) => other.key !== option.key);
  state.changed = true;
  showChosen(state);
}

function clearAll(state) {
  state.chosen = [];
  showChosen(state);
  state.onChange(state.chosen);
  state.parts.opener.focus();
}

async function opened(state) {
  state.parts.search.focus();
  await refresh(state);
}

// Several choices are told once, when the list closes, as Slack does.
function closed(state) {
  state.parts.search.value = "";
  if (!state.changed) return;
  state.changed = false;
  state.onChange(state.chosen);
}

function searchSoon(state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => refresh(state), state.remote ? TYPING_PAUSE_MS : 0);
}

async function refresh(state) {
  const { search, status } = state.parts;
  const query = search.value.trim();
  const asked = (state.asked = {});
  if (query.length < (state.minQuery ?? 0)) return show([], state, state.say("Type to search"));
  if (state.remote) status.textContent = state.say("Loading…");
  try {
    const groups = await state.load(query);
    // An answer to an older query must not replace a newer one.
    if (state.asked === asked) show(groups, state, state.say("Nothing found"));
  } catch {
    if (state.asked === asked) show([], state, state.say("The list could not be loaded."));
  }
  return undefined;
}

function show(groups, state, emptyWords) {
  const { list, status, search, panel, opener } = state.parts;
  state.options = groups.flatMap((group) => group.options);
  const few = !state.remote && !search.value && state.options.length <= FEW;
  // With few options a phone needs no keyboard; the field stays, so that typing still searches.
  search.classList.toggle("quiet", few);
  search.setAttribute("inputmode", few ? "none" : "search");
  list.replaceChildren(...groups.map((group) => groupNode(group, state)));
  status.textContent = state.options.length ? "" : emptyWords;
  const chosenAt = state.options.findIndex((option) => isChosen(option, state));
  activate(state, state.options.length ? Math.max(0, chosenAt) : -1);
  if (panel.matches(":popover-open")) place(panel, opener);
}

function groupNode(group, state) {
  const options = group.options.map((option) => optionNode(option, state));
  if (!group.label) return el("li", { role: "presentation" }, el("ul", { role: "presentation" }, options));
  const id = freshId("group");
  return el("li", { role: "presentation" },
    el("ul", { role: "group", "aria-labelledby": id },
      el("li", { id, role: "presentation", class: "picker-group" }, group.label), options));
}

function optionNode(option, state) {
  const node = el("li", { role: "option", id: freshId("option"), "aria-selected": String(isChosen(option, state)),
    on: { click: () => pick(option, state), pointermove: () => activate(state, state.options.indexOf(option)) } },
    option.label, option.description ? el("small", {}, option.description) : null);
  option.node = node;
  return node;
}

function isChosen(option, state) {
  return state.chosen.some((other) => other.key === option.key);
}

function activate(state, index) {
  state.active = index;
  state.options.forEach((option, at) => option.node.classList.toggle("active", at === index));
  const node = state.options[index]?.node;
  if (node) state.parts.search.setAttribute("aria-activedescendant", node.id);
  else state.parts.search.removeAttribute("aria-activedescendant");
  node?.scrollIntoView({ block: "nearest" });
}

function keys(event, state) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const count = state.options.length;
  if (step && count) activate(state, (state.active + step + count) % count);
  else if (event.key === "Enter") { if (state.options[state.active]) pick(state.options[state.active], state); }
  else if (event.key === "Tab") { state.parts.panel.hidePopover(); return; }
  else return;
  // Enter here chooses an option; it must not also submit the form around it.
  event.preventDefault();
}

function pick(option, state) {
  if (state.multi) pickOneMore(option, state);
  else pickOnly(option, state);
}

function pickOnly(option, state) {
  state.chosen = [option];
  state.parts.panel.hidePopover();
  showChosen(state);
  state.onChange(state.chosen);
}

function pickOneMore(option, state) {
  if (isChosen(option, state)) drop(option, state);
  else if (state.chosen.length < (state.max ?? Infinity)) {
    state.chosen = [...state.chosen, option];
    state.changed = true;
    showChosen(state);
  }
  for (const each of state.options) each.node.setAttribute("aria-selected", String(isChosen(each, state)));
}
