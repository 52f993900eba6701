// A file that a message shares: its name, and a way to read it; a deleted one says that it is gone.
import { el, icon } from "./dom.js";
import { say } from "./words.js";

export function fileNode(file, viewer) {
  if (file.gone) return el("div", { class: "file gone" }, say(viewer.locale, "This file was deleted."));
  const address = `${location.origin}/page/documents/${encodeURIComponent(file.id)}`;
  const size = say(viewer.locale, "{count} KB", { count: String(Math.max(1, Math.round(file.size / 1024))) });
  return el("a", { class: "file", href: address, target: "_blank", rel: "noopener" },
    icon("file"), el("span", {}, el("b", {}, file.title), el("small", {}, size)));
}
