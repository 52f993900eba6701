// Builds DOM nodes. Text only ever becomes a text node: nothing in this page parses HTML from data.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (value === true) {
    node.setAttribute(name, "");
  } else {
    node.setAttribute(name, String(value));
  }
}

let counter = 0;

// An id that no other node of this page has.
export function freshId(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  lock: "M5 7V5a3 3 0 0 1 6 0v2h1v7H4V7zm1.5 0h3V5a1.5 1.5 0 0 0-3 0z",
  bolt: "M9 1 3 9h4l-1 6 6-8H8z",
  send: "M2 2.5 14.5 8 2 13.5 3.5 9 9 8 3.5 7z",
  close: "M3.5 2.4 8 6.9l4.5-4.5 1.1 1.1L9.1 8l4.5 4.5-1.1 1.1L8 9.1l-4.5 4.5-1.1-1.1L6.9 8 2.4 3.5z",
  back: "M10.5 2.5 5 8l5.5 5.5-1.1 1.1L2.8 8l6.6-6.6z",
  file: "M3 1h6l4 4v10H3zm5.5 1.5H4.5v11h7V5.5h-3z",
  eye: "M8 3c3.5 0 6 3 7 5-1 2-3.5 5-7 5S2 10 1 8c1-2 3.5-5 7-5zm0 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
};

// A small drawn sign: it looks the same whatever fonts a machine has. The words beside it say what it means.
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "drawn");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

// The first letters of a name on a coloured square; Slack shows a picture here.
export function avatar(name, id, size = "") {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase());
  const hue = [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 8;
  return el("span", { class: `avatar hue-${hue} ${size}`.trim(), "aria-hidden": "true" }, initials.join(""));
}
