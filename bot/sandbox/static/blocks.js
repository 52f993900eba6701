// Block Kit blocks as DOM nodes.
// https://docs.slack.dev/reference/block-kit/blocks
import { el, freshId } from "./dom.js";
import { element, image } from "./elements.js";
import { markdown } from "./markdown.js";
import { plain, textObject } from "./mrkdwn.js";
import { enlargeable } from "./picture.js";
import { richText } from "./richtext.js";
import { say } from "./words.js";

const RENDERERS = {
  section, header, context, actions, input,
  divider: () => el("hr", { class: "divider" }),
  image: imageBlock,
  rich_text: (block, ctx) => richText(block, ctx),
  markdown: (block) => markdown(block.text),
  table,
};

export function renderBlocks(blocks, ctx) {
  return el("div", { class: `blocks on-${ctx.surface}` }, blocks.map((block, at) => renderBlock(block, at, ctx)));
}

function renderBlock(block, at, ctx) {
  const render = RENDERERS[block.type] ?? unknown;
  const blockId = block.block_id ?? `block-${at}`;
  const node = render({ ...block, block_id: blockId }, ctx);
  return el("div", { class: `block ${block.type}`, "data-block": blockId }, node);
}

function unknown(block) {
  return el("p", { class: "unknown" }, `(A block of type ${block.type} is not shown here.)`);
}

function section(block, ctx) {
  const fields = block.fields
    ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, textObject(field, ctx))))
    : null;
  const words = el("div", { class: "words" }, block.text ? el("div", {}, textObject(block.text, ctx)) : null, fields);
  const accessory = block.accessory ? element(block.accessory, placeIn(block, ctx)) : null;
  return el("div", { class: "row" }, words, accessory ? el("div", { class: "accessory" }, accessory) : null);
}

function placeIn(block, ctx) {
  return { ctx, blockId: block.block_id, sends: true, name: null, describedBy: null, optional: false };
}

function header(block) {
  return el("h3", {}, plain(block.text.text, block.text.emoji !== false));
}

function context(block, ctx) {
  return el("div", { class: "row" }, block.elements.map((part) =>
    part.type === "image" ? image(part) : el("span", {}, textObject(part, ctx))));
}

function actions(block, ctx) {
  return el("div", { class: "row" }, block.elements.map((part) => element(part, placeIn(block, ctx))));
}

function imageBlock(block, ctx) {
  return el("figure", {},
    block.title ? el("figcaption", {}, textObject(block.title, ctx)) : null,
    enlargeable(image(block), block.title?.text, ctx.viewer));
}

function input(block, ctx) {
  const ids = { hint: freshId("hint"), error: freshId("error") };
  const name = block.label.text;
  const control = element(block.element, { ctx, blockId: block.block_id, sends: Boolean(block.dispatch_action), name,
    describedBy: [block.hint ? ids.hint : null, ids.error].filter(Boolean).join(" "), optional: Boolean(block.optional) });
  return el("div", {},
    inputLabel(block, control, ctx), control,
    block.hint ? el("p", { class: "hint", id: ids.hint }, plain(block.hint.text)) : null,
    el("p", { class: "error", id: ids.error, hidden: true }));
}

function inputLabel(block, control, ctx) {
  const optional = block.optional ? el("span", { class: "optional" }, ` ${say(ctx.viewer.locale, "(optional)")}`) : null;
  const focus = () => firstControl(control)?.focus();
  // Spoken names come from aria-label on the control; this click only does what a label's click does.
  return el("div", { class: "input-label", on: { click: focus } }, plain(block.label.text), optional);
}

export function firstControl(node) {
  return node.matches("[data-control]") ? node : node.querySelector("[data-control]");
}

function table(block, ctx) {
  const cell = (part, tag) => el(tag, {}, part.type === "rich_text" ? richText(part, ctx) : plain(String(part.text ?? "")));
  const rows = block.rows.map((row, at) => el("tr", {}, row.map((part) => cell(part, at ? "td" : "th"))));
  return el("div", { class: "table-place" }, el("table", {}, el("tbody", {}, rows)));
}

// ---- errors that came back for a submitted view: { block_id: words }

export function showErrors(root, errors) {
  for (const block of root.querySelectorAll("[data-block]")) showError(block, errors[block.dataset.block]);
  const first = root.querySelector(".block.wrong");
  if (first) firstControl(first)?.focus();
}

function showError(block, words) {
  const place = block.querySelector(".error");
  if (!place) return;
  place.textContent = words ?? "";
  place.hidden = !words;
  block.classList.toggle("wrong", Boolean(words));
  for (const control of block.querySelectorAll("[data-control]")) {
    if (words) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}
