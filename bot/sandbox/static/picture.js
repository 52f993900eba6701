// Pictures: where they come from, and a larger view of them.
import { el, freshId, icon } from "./dom.js";
import { say } from "./words.js";

// A picture that the app uploaded is served by this page; Slack names it by its id or by one of its addresses.
export function pictureAddress(spec) {
  const file = spec.slack_file;
  if (!file) return spec.image_url ?? "";
  const id = file.id ?? /\b(F[A-Z0-9]{8,})\//.exec(file.url)?.[1] ?? "";
  return `${location.origin}/page/files/${encodeURIComponent(id)}`;
}

// The picture as a button that shows it as large as the window allows.
export function enlargeable(picture, title, { locale }) {
  if (picture.tagName !== "IMG") return picture;
  const show = () => larger(picture, title, locale);
  return el("button", { type: "button", class: "picture-open", title: say(locale, "Enlarge"), on: { click: show } }, picture);
}

function larger(picture, title, locale) {
  const id = freshId("picture");
  const dialog = el("dialog", { class: "modal picture-view", "aria-labelledby": id, on: { close: () => dialog.remove() } });
  const x = el("button", { type: "button", class: "icon", "aria-label": say(locale, "Close"), on: { click: () => dialog.close() } }, icon("close"));
  dialog.append(el("header", {}, el("h2", { id }, title || say(locale, "Picture")), x),
    el("div", { class: "modal-body", tabindex: "0" }, el("img", { src: picture.src, alt: picture.alt })));
  document.body.append(dialog);
  dialog.showModal();
}
