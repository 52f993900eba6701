// The markdown block: the part of Markdown that Slack shows in messages.
import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = [
  ["code", /`([^`\n]+)`/],
  ["link", /\[([^\]\n]+)\]\(([^()\s]+)\)/],
  ["b", /\*\*(?=\S)([^\n]+?)\*\*/],
  ["s", /~~(?=\S)([^\n]+?)~~/],
  ["i", /(?<!\*)\*(?![\s*])([^*\n]+)\*(?!\*)/],
  ["i", /(?<![\p{L}\p{N}_])_(?![\s_])([^_\n]+)_(?![\p{L}\p{N}_])/u],
  ["address", /https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"\]]/],
];

const LINES = [
  ["fence", /^```/],
  ["heading", /^(#{1,6})\s+(.*)$/],
  ["rule", /^(-{3,}|\*{3,})$/],
  ["quote", /^>\s?(.*)$/],
  ["ordered", /^\s*\d+[.)]\s+(.*)$/],
  ["bullet", /^\s*[-*+]\s+(.*)$/],
  ["empty", /^\s*$/],
];

export function markdown(text) {
  return el("div", { class: "rich-text" }, groups(text).map(groupNode));
}

// Lines of one kind that follow each other belong together.
function groups(text) {
  const found = [];
  let fence = null;
  for (const line of text.split("\n")) {
    const { kind, match } = kindOf(line);
    if (fence && kind === "fence") fence = null;
    else if (fence) fence.lines.push(line);
    else if (kind === "fence") found.push((fence = { kind, lines: [] }));
    else if (found.at(-1)?.kind === kind && kind !== "heading") found.at(-1).lines.push(match.at(-1));
    else found.push({ kind, lines: [match.at(-1)], depth: match[1]?.length });
  }
  return found;
}

function kindOf(line) {
  for (const [kind, pattern] of LINES) {
    const match = pattern.exec(line);
    if (match) return { kind, match };
  }
  return { kind: "text", match: [line] };
}

function groupNode({ kind, lines }) {
  switch (kind) {
    case "heading": return el("h4", {}, inline(lines[0]));
    case "fence": return el("pre", {}, lines.join("\n"));
    case "rule": return el("hr", { class: "divider" });
    case "quote": return el("blockquote", {}, broken(lines));
    case "ordered": return el("ol", {}, lines.map((line) => el("li", {}, inline(line))));
    case "bullet": return el("ul", {}, lines.map((line) => el("li", {}, inline(line))));
    case "empty": return null;
    default: return el("p", {}, broken(lines));
  }
}

function broken(lines) {
  return lines.flatMap((line, at) => (at ? [el("br"), inline(line)] : [inline(line)]));
}

function inline(text) {
  const found = INLINE.map(([kind, pattern]) => ({ kind, match: pattern.exec(text) }))
    .filter((candidate) => candidate.match)
    .sort((a, b) => a.match.index - b.match.index)[0];
  const fragment = document.createDocumentFragment();
  if (!found) {
    fragment.append(withEmoji(text));
    return fragment;
  }
  const { index, 0: whole } = found.match;
  fragment.append(withEmoji(text.slice(0, index)), inlineNode(found));
  fragment.append(inline(text.slice(index + whole.length)));
  return fragment;
}

function inlineNode({ kind, match }) {
  if (kind === "code") return el("code", {}, match[1]);
  if (kind === "link") return link(match[2], match[1]);
  if (kind === "address") return link(match[0], match[0]);
  return el(kind, {}, inline(match[1]));
}
