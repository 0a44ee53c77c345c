import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import type { Message } from "../message.ts";
import { byteLength } from "./cut.ts";
import { emailChannel, serverOf } from "./email.ts";
import type { Mail } from "./smtp.ts";
import { sendContext } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal } from "./testing/properties.ts";

const SETTINGS = {
  to: ["ops@example.org", "boss@example.org"],
  from: "vigie@example.org",
  smarthost: "smtp.example.org:587",
  tls: true,
};

const ONE = { ...SETTINGS, to: "ops@example.org" };
const render = (message: Message) => emailChannel.render(message, SETTINGS as never) as Mail[];

/** Text of an HTML document and its links; fails on markup that is none of ours. */
function parse(html: string): { shown: string; urls: string[] } {
  const urls: string[] = [];
  const open: string[] = [];
  let shown = "";
  const tokens =
    /<!doctype html>|<(\/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>|&(amp|lt|gt|quot|#39);|([^<>&]+)|(.)/gsu;
  const chars: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  for (const [, closing, tag, attributes = "", entity, text, wrong] of html.matchAll(tokens)) {
    ok(wrong === undefined, `markup: ${wrong}`);
    if (text !== undefined || entity !== undefined) shown += text ?? chars[entity!];
    if (tag === undefined) continue;
    ok(/^(html|head|meta|title|body|div|h1|p|em|strong|br|a)$/.test(tag), tag);
    ok(!/ on[a-z]+=| src=/.test(attributes), attributes);
    if (closing) equal(open.pop(), tag);
    else if (tag !== "meta" && tag !== "br") open.push(tag);
    const [, href] = / href="(.*?)"/.exec(attributes) ?? [];
    if (href !== undefined) urls.push(parse(href).shown);
  }
  deepEqual(open, [], "a tag is left open");
  return { shown, urls };
}

function legal(mail: Mail): void {
  ok(mail.subject.trim() !== "" && mail.subject.length <= 250 && !/[\r\n]/.test(mail.subject));
  for (const id of [mail.messageId, mail.thread]) match(id, /^<[\w.]+@example\.org>$/);
  deepEqual(mail.to, SETTINGS.to);
  for (const text of [mail.subject, mail.text]) assertHarmless(text);
  if (mail.html === undefined) return;
  ok(byteLength(mail.html) <= 100_000, `${byteLength(mail.html)} bytes`);
  const { shown, urls } = parse(mail.html);
  assertHarmless(shown);
  urls.forEach(assertSafeUrl);
}

testGolden(emailChannel, ONE, ([mail]) => {
  const { html, text, ...head } = mail!;
  return { ...head, text: text.split("\n"), html: html!.split("\n") };
});

Deno.test("emailChannel sends only what mail takes, whatever the message", () => {
  rendersOnlyLegal(emailChannel, SETTINGS, legal);
});

Deno.test("emailChannel sends the same mail at every attempt, in the thread of its group", () => {
  const [first, ...more] = render(caseMessage("firing", "en"));
  deepEqual([first!.to, more], [SETTINGS.to, []]);
  const [resolved] = render(caseMessage("resolved", "en"));
  equal(resolved!.thread, first!.thread);
  ok(resolved!.messageId !== first!.messageId);
  const later = render({ ...caseMessage("firing", "en"), sentMs: 1 });
  equal(later[0]!.messageId, first!.messageId, "a retry is another mail");
  const plain = emailChannel.plain(caseMessage("firing", "en"), SETTINGS as never) as Mail;
  deepEqual([plain.messageId, plain.to], [first!.messageId, SETTINGS.to]);
});

Deno.test("emailChannel tells all that a mail program shows, and leads to the whole", () => {
  const [{ html, text }] = render(caseMessage("long", "en")) as [Mail];
  ok(byteLength(html!) > 80_000, "more was cut off than had to be");
  for (const body of [text, parse(html!).shown]) {
    ok(body.includes("db-60:9100"));
    equal(body.match(/HostDiskAlmostFull · since/g)!.length, 60);
  }
  ok(text.includes("Whole message: https://vigie.example/api/v1/notifications/42"));
  const [plain] = [emailChannel.plain(caseMessage("long", "en"), SETTINGS as never)] as [Mail];
  equal(plain.html, undefined);
});

Deno.test("emailChannel delivers to those who can be reached, through a real server", async () => {
  const got: { to: string; data: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _session, callback) {
      const refusal = Object.assign(new Error("5.1.1 No such user"), { responseCode: 550 });
      callback(address.startsWith("boss@") ? refusal : null);
    },
    onData(stream, { envelope }, callback) {
      let data = "";
      const decoder = new TextDecoder();
      stream.on("data", (chunk: Uint8Array) => data += decoder.decode(chunk, { stream: true }));
      stream.on("end", () => {
        got.push({ to: envelope.rcptTo.map(({ address }) => address).join(), data });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.server.address() as AddressInfo;
    const settings = { ...SETTINGS, smarthost: `127.0.0.1:${port}`, tls: false } as never;
    const [out] = emailChannel.render(caseMessage("hostile", "fr"), settings);
    const send = () => emailChannel.send(out!, settings, sendContext());
    const gone = {
      result: "gone",
      reason: "The server refuses boss@example.org: 550 5.1.1 No such user; 1 of 2 recipients have got it",
    };
    deepEqual(await send(), gone);
    deepEqual(await send(), gone, "what was sent is forgotten");
    deepEqual(got.map(({ to }) => to), ["ops@example.org"]);
    match(got[0]!.data, /^Subject: =\?UTF-8\?/m);
    ok(!/^(Bcc|X-Evil):/m.test(got[0]!.data));
  } finally {
    // Deno 2.6 does not always say when a server is closed.
    for (const end = Date.now() + 5_000; server.connections.size > 0 && Date.now() < end;) {
      await setTimeout(5);
    }
    server.server.close();
  }
});

Deno.test("serverOf reads the smarthost, and starts with TLS on port 465", () => {
  deepEqual(serverOf(SETTINGS), {
    host: "smtp.example.org",
    port: 587,
    tls: "STARTTLS",
    greeting: "example.org",
  });
  equal(serverOf({ ...SETTINGS, smarthost: "smtp.example.org:465" }).tls, "from the start");
  equal(serverOf({ ...SETTINGS, smarthost: "smtp.example.org:465", tls: false }).tls, "from the start");
  equal(serverOf({ ...SETTINGS, tls: false }).tls, "none");
  const six = serverOf({ ...SETTINGS, smarthost: "[::1]:25", username: "u", password: "p", ca: "PEM" });
  deepEqual([six.host, six.user, six.ca], ["::1", { name: "u", password: "p" }, "PEM"]);
});

Deno.test("emailChannel takes one address or several, and a host with its port", () => {
  const { to, smarthost } = emailChannel.shape;
  for (const good of ["a@example.org", ["a@example.org", "b@example.org"]]) ok(to.safeParse(good).success);
  for (
    const bad of [
      "",
      "a",
      [],
      ["a@example.org", "b"],
      "a@example.org, b@example.org",
      "a@example.org\r\nBcc: b@c.d",
    ]
  ) {
    ok(!to.safeParse(bad).success, JSON.stringify(bad));
  }
  for (const good of ["smtp.example.org:587", "127.0.0.1:25", "[::1]:25"]) {
    ok(smarthost.safeParse(good).success);
  }
  for (const bad of ["smtp.example.org", ":25", "smtp:x", "a b:25", "smtp:99999"]) {
    ok(!smarthost.safeParse(bad).success, bad);
  }
});

Deno.test("emailChannel sends no password in plain over a network", () => {
  const check = (more: object) => emailChannel.check?.({ ...SETTINGS, ...more } as never);
  equal(check({}), undefined);
  equal(check({ username: "u", password: "p" }), undefined);
  equal(check({ username: "u" }), "give username and password together");
  match(check({ username: "u", password: "p", tls: false })!, /^a password is not sent in plain/);
  equal(check({ username: "u", password: "p", tls: false, smarthost: "localhost:25" }), undefined);
});

Deno.test("emailChannel shows in a preview what would be sent, without the password", () => {
  const [out] = render(caseMessage("firing", "en"));
  const { what, body } = emailChannel.preview(
    out!,
    { ...SETTINGS, username: "u", password: "canary" } as never,
  );
  equal(what, "SMTP to smtp.example.org:587");
  match(body, /^From: vigie@example\.org\nTo: ops@example\.org, boss@example\.org\n/);
  ok(body.includes("Subject: 🚨 [FIRING 1] HostDiskAlmostFull · db-1\n") && !body.includes("canary"));
});
