// Talks to the local Slack's page routes. Every answer is JSON; a failure is an Error with words for people.

export async function get(path) {
  return answer(await reach(fetch(`/page/${path}`, { headers: { Accept: "application/json" } })));
}

// The content type makes the browser ask first when another origin tries this.
export async function post(path, body) {
  return answer(await reach(fetch(`/page/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  })));
}

async function reach(request) {
  try {
    return await request;
  } catch {
    throw new Error("The local Slack does not answer. Is it still running?");
  }
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `The local Slack answered ${response.status}.`);
  return body;
}

// `onChange` runs whenever something in the workspace may have changed, `onTick` with each sign of life
// ({ now, jump }), `onLost` when the connection breaks. EventSource reconnects by itself. When another page
// is served since (a restart, other jumps), everything is loaded anew. A browser keeps six connections to one
// place and no more, whatever the number of tabs: a hidden tab lets go of its own.
export function live(listeners) {
  const state = { source: null, seen: null, page: null };
  const follow = () => {
    state.source?.close();
    state.source = document.hidden ? null : connect(state, listeners);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

function connect(state, { onTick, onChange, onLost }) {
  const source = new EventSource("/page/live");
  state.seen = null;
  source.addEventListener("message", (event) => {
    const tick = JSON.parse(event.data);
    if (state.page !== null && state.page !== tick.page) location.reload();
    state.page = tick.page;
    onTick(tick);
    if (tick.version !== state.seen) onChange();
    state.seen = tick.version;
  });
  source.addEventListener("error", () => { state.seen = null; onLost(); });
  return source;
}
