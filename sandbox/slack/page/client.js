// The control API of the local workspace: what a person sees, and what they do.

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The local Slack answered ${response.status}.`);
  return body;
}

/** Who and what there is: people, channels, the app and its commands. */
export async function overview() {
  return read(await fetch("/_sandbox/state"));
}

/** Everything a person sees; with `after` (a revision) as soon as it changed since. */
export async function screen(person, after, signal) {
  const query = new URLSearchParams({ person });
  if (after !== undefined) {
    query.set("after", after);
    query.set("wait", "25");
  }
  return read(await fetch(`/_sandbox/state?${query}`, { signal }));
}

/** Let a person do something; their screen afterwards, with what the act returned as `result`. */
export async function act(person, verb, args) {
  return read(
    await fetch("/_sandbox/do", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person, verb, args }),
    }),
  );
}

/** A thread: its parent and the replies. */
export async function thread(person, channel, ts) {
  return (await read(await fetch(`/_sandbox/thread?${new URLSearchParams({ person, channel, ts })}`))).messages;
}

/** What passed between the app and the workspace, from a record's number on. */
export async function records(since) {
  return read(await fetch(`/_sandbox/log?since=${since}`));
}

/** Where a shared file's bytes are. */
export function fileAddress(id) {
  return `/_sandbox/files/${encodeURIComponent(id)}`;
}
