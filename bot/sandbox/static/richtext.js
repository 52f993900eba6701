// The rich_text block.
import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { channelName, link, mention } from "./mrkdwn.js";
import { dateTokens } from "./times.js";

const PARTS = {
  rich_text_section: (part, ctx) => el("p", {}, inlineParts(part, ctx)),
  rich_text_quote: (part, ctx) => el("blockquote", {}, inlineParts(part, ctx)),
  rich_text_preformatted: (part, ctx) => el("pre", {}, inlineParts(part, ctx)),
  rich_text_list: list,
};

export function richText(block, ctx) {
  return el("div", { class: "rich-text" }, block.elements.map((part) => PARTS[part.type]?.(part, ctx) ?? null));
}

function list(part, ctx) {
  const items = part.elements.map((item) => el("li", {}, inlineParts(item, ctx)));
  const depth = `depth-${Math.min(part.indent ?? 0, 4)}`;
  return el(part.style === "ordered" ? "ol" : "ul", { class: depth, start: part.offset ? part.offset + 1 : null }, items);
}

function inlineParts(part, ctx) {
  return part.elements.map((piece) => styled(inlinePart(piece, ctx), piece.style));
}

function inlinePart(piece, ctx) {
  switch (piece.type) {
    case "text": return lines(piece.text);
    case "link": return link(piece.url, piece.text ?? null);
    case "emoji": return withEmoji(`:${piece.name}:`);
    case "user": return mention(piece.user_id, ctx);
    case "channel": return channelName(piece.channel_id, ctx);
    case "broadcast": return el("span", { class: "mention own" }, `@${piece.range}`);
    case "date": return dateTokens(piece.timestamp, piece.format, ctx.viewer) ?? piece.fallback ?? "";
    default: return piece.text ?? "";
  }
}

function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]));
}

function styled(content, style = {}) {
  const tags = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), content);
}
