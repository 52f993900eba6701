// Dates and times as the viewer reads them: in their zone, in their language.

function formatter(viewer, options) {
  return new Intl.DateTimeFormat(viewer.locale || "en-US", { timeZone: viewer.tz || "UTC", ...options });
}

export function clockTime(moment, viewer) {
  return formatter(viewer, { hour: "numeric", minute: "2-digit" }).format(moment);
}

export function longDay(moment, viewer) {
  return formatter(viewer, { weekday: "long", day: "numeric", month: "long" }).format(moment);
}

export function shortDay(moment, viewer) {
  return formatter(viewer, { weekday: "short", day: "numeric", month: "short" }).format(moment);
}

export function fullTime(moment, viewer) {
  return formatter(viewer, { dateStyle: "full", timeStyle: "short" }).format(moment);
}

// A calendar day as a key: equal for two moments of the same day in the viewer's zone.
export function dayKey(moment, viewer) {
  return formatter({ ...viewer, locale: "en-CA" }, { year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

export function zoneName(tz) {
  return tz.split("/").at(-1).replaceAll("_", " ");
}

const TOKENS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

// Slack's <!date^…> format string filled in, or null when the time is no number.
export function dateTokens(seconds, format, viewer) {
  if (!Number.isFinite(seconds)) return null;
  const moment = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (typed, token) => dateToken(token, moment, viewer) ?? typed);
}

function dateToken(token, moment, viewer) {
  if (token === "date_num") return dayKey(moment, viewer);
  const exact = token.replace(/_pretty$/, "");
  const near = token.endsWith("_pretty") ? nearDay(moment, viewer) : null;
  if (near) return near;
  return TOKENS[exact] ? formatter(viewer, TOKENS[exact]).format(moment) : null;
}

// "yesterday", "today" and "tomorrow" by the movable clock, in the viewer's language; else null.
function nearDay(moment, viewer) {
  const day = 86_400_000;
  const apart = Date.parse(dayKey(moment, viewer)) - Date.parse(dayKey(viewer.now, viewer));
  if (Math.abs(apart) > day) return null;
  return new Intl.RelativeTimeFormat(viewer.locale, { numeric: "auto" }).format(Math.round(apart / day), "day");
}
