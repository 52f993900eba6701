// Slack's own words in the language of the person on the screen, as Slack itself does. The English words are
// the keys. What belongs to the demonstration (clock, guide, choosing a person) stays in English.

const SPANISH = {
  "(edited)": "(editado)",
  "(optional)": "(opcional)",
  "All conversations": "Todas las conversaciones",
  "Apps": "Aplicaciones",
  "Back": "Atrás",
  "Cancel": "Cancelar",
  "Channels": "Canales",
  "Clear the choice": "Borrar la elección",
  "Close": "Cerrar",
  "Commands": "Comandos",
  "Direct messages": "Mensajes directos",
  "Enlarge": "Ampliar",
  "Home": "Inicio",
  "In a thread": "En un hilo",
  "Loading…": "Cargando…",
  "Message #{name}": "Enviar mensaje a #{name}",
  "Message {name}": "Enviar mensaje a {name}",
  "Messages": "Mensajes",
  "More actions": "Más acciones",
  "Nothing found": "Sin resultados",
  "Nothing here yet.": "Aquí todavía no hay nada.",
  "Only visible to you": "Solo visible para ti",
  "Picture": "Imagen",
  "Remove {name}": "Quitar {name}",
  "Search": "Buscar",
  "Select an option": "Elige una opción",
  "Select options": "Elige opciones",
  "Send": "Enviar",
  "Shortcuts": "Atajos",
  "The list could not be loaded.": "No se pudo cargar la lista.",
  "This is the start of your conversation with {name}.": "Este es el inicio de tu conversación con {name}.",
  "This is the start of #{name}.": "Este es el inicio de #{name}.",
  "This file was deleted.": "Este archivo se eliminó.",
  "Type to search": "Escribe para buscar",
  "We had some trouble connecting. Try again?": "Tuvimos problemas para conectarnos. ¿Lo intentas de nuevo?",
  "private channel": "canal privado",
  "{count} KB": "{count} KB",
  "{count} unread": "{count} sin leer",
};

export function say(locale, english, facts = {}) {
  const words = locale?.startsWith("es") ? SPANISH[english] ?? english : english;
  return words.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}
