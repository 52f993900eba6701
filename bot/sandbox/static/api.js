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
// is served since (a restart, other jumps), everything is loaded anew.
export function live({ onTick, onChange, onLost }) {
  const source = new EventSource("/page/live");
  let seen = null;
  let page = null;
  source.addEventListener("message", (event) => {
    const tick = JSON.parse(event.data);
    if (page !== null && page !== tick.page) location.reload();
    page = tick.page;
    onTick(tick);
    if (tick.version !== seen) onChange();
    seen = tick.version;
  });
  source.addEventListener("error", () => { seen = null; onLost(); });
  return source;
}
