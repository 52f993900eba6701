// Slack's mrkdwn as DOM nodes.
// https://docs.slack.dev/messaging/formatting-message-text
import { el, icon } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { dateTokens } from "./times.js";
import { say } from "./words.js";

// Tokens and code are lifted out first, so that a "_" inside an address or code never starts italics.
const LIFTED = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>/g;
const OPEN = "\uE000";
const SHUT = "\uE001";
const STASH = /\uE000(\d+)\uE001/;
const STYLES = [
  ["b", /(?<![\p{L}\p{N}*])\*(?![\s*])([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u],
  ["i", /(?<![\p{L}\p{N}_])_(?![\s_])([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u],
  ["s", /(?<![\p{L}\p{N}~])~(?![\s~])([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u],
];
const BARE_ADDRESS = /https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"\]]/;

// A text object of Block Kit, in either of its two kinds.
export function textObject(text, ctx) {
  if (!text) return document.createDocumentFragment();
  return text.type === "mrkdwn" ? mrkdwn(text.text, ctx, !text.verbatim) : plain(text.text, text.emoji !== false);
}

export function plain(text, emoji = true) {
  return withBreaks(document.createTextNode(emoji ? withEmoji(text) : text));
}

export function mrkdwn(source, ctx, linkAddresses = true) {
  const stash = [];
  const lifted = source.replace(/[\uE000\uE001]/g, "").replace(LIFTED, (_, fence, code, token) => {
    stash.push(fence ? fenceNode(fence) : code ? el("code", {}, unescape(code)) : tokenNode(token, ctx));
    return `${OPEN}${stash.length - 1}${SHUT}`;
  });
  const fragment = document.createDocumentFragment();
  for (const piece of quotesAndLines(lifted)) {
    const nodes = inline(piece.text, { stash, linkAddresses });
    fragment.append(piece.quote ? el("blockquote", {}, nodes) : nodes);
  }
  return fragment;
}

// Runs of lines that start with ">" (sent escaped or not) become one quote each.
function quotesAndLines(text) {
  const pieces = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = pieces.at(-1);
    const content = quoted ? quoted[1] : line;
    if (last && last.quote === Boolean(quoted)) last.text += `\n${content}`;
    else pieces.push({ quote: Boolean(quoted), text: content });
  }
  return pieces;
}

function inline(text, rules) {
  const found = [...STYLES, ["stash", STASH], ["address", rules.linkAddresses ? BARE_ADDRESS : null]]
    .map(([kind, pattern]) => ({ kind, match: pattern?.exec(text) }))
    .filter((candidate) => candidate.match)
    .sort((a, b) => a.match.index - b.match.index)[0];
  const fragment = document.createDocumentFragment();
  if (!found) {
    fragment.append(leaf(text));
    return fragment;
  }
  const { index } = found.match;
  fragment.append(leaf(text.slice(0, index)), styled(found, rules));
  fragment.append(inline(text.slice(index + found.match[0].length), rules));
  return fragment;
}

function styled({ kind, match }, rules) {
  if (kind === "stash") return rules.stash[Number(match[1])] ?? document.createTextNode("");
  if (kind === "address") return link(unescape(match[0]), unescape(match[0]));
  return el(kind, {}, inline(match[1], rules));
}

function leaf(text) {
  return withBreaks(document.createTextNode(withEmoji(unescape(text))));
}

function withBreaks(textNode) {
  const fragment = document.createDocumentFragment();
  textNode.data.split("\n").forEach((line, number) => {
    if (number) fragment.append(el("br"));
    fragment.append(line);
  });
  return fragment;
}

function fenceNode(code) {
  return el("pre", {}, unescape(code.replace(/^\n|\n$/g, "")));
}

// Only these three are escaped in Slack's text.
export function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function tokenNode(token, ctx) {
  const [target, label] = splitOnce(token, "|");
  if (/^@[UW]/.test(target)) return mention(target.slice(1), ctx, label);
  if (/^#C/.test(target)) return channelName(target.slice(1), ctx, label);
  if (target.startsWith("!")) return command(target.slice(1), label, ctx);
  if (!label && !isAddress(unescape(target))) return document.createTextNode(`<${unescape(token)}>`);
  return link(unescape(target), label === null ? null : unescape(label));
}

export function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)];
}

export function mention(userId, ctx, label = null) {
  const name = ctx.person(userId)?.name ?? label ?? userId;
  const own = userId === ctx.viewer.id ? " own" : "";
  return el("span", { class: `mention${own}` }, `@${name}`);
}

// Of a channel that a person may not see, Slack says no more than that it is private.
export function channelName(channelId, ctx, label = null) {
  const name = ctx.channel(channelId)?.name ?? label;
  if (name) return el("span", { class: "mention" }, `#${name}`);
  return el("span", { class: "mention" }, icon("lock"), say(ctx.viewer.locale, "private channel"));
}

function command(text, label, ctx) {
  if (text.startsWith("date^")) return date(text, label, ctx);
  const [word] = text.split("^");
  return el("span", { class: "mention own" }, label ? unescape(label) : `@${word}`);
}

function date(text, fallback, ctx) {
  const [, seconds, format, address] = text.split("^");
  const words = dateTokens(Number(seconds), unescape(format ?? ""), ctx.viewer) ?? unescape(fallback ?? "");
  return address ? link(unescape(address), words) : el("span", { class: "date" }, words);
}

function isAddress(text) {
  return /^(https?:\/\/|mailto:|tel:|slack:\/\/)/i.test(text);
}

// Any other scheme (javascript:, data:) stays text.
export function link(address, label) {
  const shown = label ?? address.replace(/^(mailto|tel):/, "");
  if (!isAddress(address)) return document.createTextNode(shown);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, withEmoji(shown));
}
