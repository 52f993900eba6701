// The short names of emoji that an app is likely to use; an unknown one stays as it was typed.
const NAMES = {
  wave: "👋", clock3: "🕒", clock10: "🕙", calendar: "📅", spiral_calendar_pad: "🗓️", date: "📅", alarm_clock: "⏰",
  hourglass_flowing_sand: "⏳", white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️",
  x: "❌", no_entry: "⛔", warning: "⚠️", information_source: "ℹ️", question: "❓", exclamation: "❗", bell: "🔔",
  no_bell: "🔕", lock: "🔒", key: "🔑", eyes: "👀", speech_balloon: "💬", telephone_receiver: "📞", phone: "☎️",
  sos: "🆘", heart: "❤️", green_heart: "💚", blue_heart: "💙", seedling: "🌱", herb: "🌿", sunny: "☀️",
  star: "⭐", tada: "🎉", clap: "👏", pray: "🙏", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎",
  raised_hands: "🙌", handshake: "🤝", muscle: "💪", slightly_smiling_face: "🙂", smile: "😄", blush: "😊",
  coffee: "☕", tea: "🍵", headphones: "🎧", memo: "📝", pencil2: "✏️", bulb: "💡", mag: "🔍", gear: "⚙️",
  house: "🏠", busts_in_silhouette: "👥", bust_in_silhouette: "👤", arrow_right: "➡️", palm_tree: "🌴",
  face_with_thermometer: "🤒", zzz: "💤", double_vertical_bar: "⏸️", arrow_forward: "▶️", zap: "⚡",
};

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (typed, name) => NAMES[name] ?? typed);
}
