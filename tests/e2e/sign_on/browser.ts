/** A browser, for tests of signing on. */

/** Asks through the entry as a browser does. */
export function browserAt(entry: string, client: Deno.HttpClient) {
  const cookies = new Map<string, string>();
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(entry + path, {
      redirect: "manual",
      ...init,
      headers: { accept: "text/html", ...(cookie && { cookie }), ...init.headers as Record<string, string> },
      client,
    } as RequestInit);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.includes("Max-Age=0")) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  async function ask(path: string, init?: RequestInit): Promise<Response & { readonly said: string }> {
    const response = await send(path, init);
    return Object.assign(response, { said: await response.text() });
  }
  const post = (path: string, form: Record<string, string>) =>
    ask(path, {
      method: "POST",
      headers: { origin: entry, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
    });
  const proof = async () => /name="proof" value="([^"]+)"/.exec((await ask("/sign-on")).said)![1]!;
  return {
    /** Whose answer is still to be read. */
    fetch: send,
    ask,
    signIn: async (user: string, password: string, to = "/") =>
      await post("/sign-on", { user, password, to, proof: await proof() }),
    signOut: async () => await post("/sign-on/out", { proof: await proof() }),
    silence: () =>
      ask("/alertmanager/api/v2/silences", {
        method: "POST",
        headers: { origin: entry, "content-type": "application/json" },
        body: JSON.stringify({
          matchers: [{ name: "alertname", value: "Nothing", isRegex: false, isEqual: true }],
          startsAt: new Date().toISOString(),
          endsAt: new Date(Date.now() + 60_000).toISOString(),
          createdBy: "test",
          comment: "test",
        }),
      }),
  };
}
