import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Outcome } from "./channel.ts";
import { type Mail, sendMail, type SmtpServer } from "./smtp.ts";
import { type FakeSmtp, fakeSmtp, type FakeSmtpOptions } from "./testing/fake_smtp.ts";
import { selfSigned } from "../testing/certificate.ts";

const MAIL: Mail = {
  from: "vigie@example.org",
  to: ["ops@example.org"],
  subject: "🚨 [EN COURS 1] Disque\r\nBcc: evil@example.org",
  messageId: "<vigie_1_abc@example.org>",
  thread: "<vigie_group@example.org>",
  sentMs: Date.parse("2026-11-22T10:05:00Z"),
  text: "Il ne reste plus rien\n.\nVraiment\n",
  html: "<p>Il ne reste plus rien</p>",
};

interface Try {
  readonly outcome: Outcome;
  readonly smtp: FakeSmtp;
}

/** Sends one mail to a server that behaves so. */
async function attempt(
  behaviour: FakeSmtpOptions,
  server: Partial<SmtpServer> = {},
  { mail = MAIL, done = new Set<string>(), signal = AbortSignal.timeout(10_000), stepMs = 3_000 } = {},
): Promise<Try> {
  await using smtp = fakeSmtp(behaviour);
  const outcome = await sendMail(
    mail,
    { host: "127.0.0.1", port: smtp.port, tls: "none", greeting: "example.org", ...server },
    done,
    signal,
    stepMs,
  );
  return { outcome, smtp };
}

const reasonOf = ({ outcome }: Try) => "reason" in outcome ? outcome.reason : "";

Deno.test("sendMail hands over a mail that is one of a thread, and that nothing can be put into", async () => {
  const { outcome, smtp } = await attempt({});
  deepEqual(outcome, { result: "delivered", ref: MAIL.messageId });
  const [{ from, to, data, secure }] = smtp.mails as [FakeSmtp["mails"][0]];
  deepEqual([from, to, secure], [MAIL.from, MAIL.to, false]);
  const [head = ""] = data.replace(/\r\n[ \t]+/g, " ").split("\r\n\r\n");
  const headers = head.split("\r\n").map((line) => line.split(/: (.*)/s) as [string, string]);
  const header = Object.fromEntries(headers);
  equal(headers.length, new Set(headers.map(([name]) => name)).size, "a header stands twice");
  ok(!("Bcc" in header));
  match(header.Subject!, /^=\?UTF-8\?[QB]\?[!-~ ]+$/);
  equal(header.To, "ops@example.org");
  equal(header["Message-ID"], MAIL.messageId);
  equal(header["In-Reply-To"], MAIL.thread);
  equal(header.References, MAIL.thread);
  equal(header.Date, "Sun, 22 Nov 2026 10:05:00 +0000");
  equal(header["Auto-Submitted"], "auto-generated");
  match(header["Content-Type"]!, /^multipart\/alternative/);
  ok(/\r\n\.\r\n/.test(data) && data.includes("Vraiment"), "a line with a dot ended the mail");
  ok(/^[\r\n\t -~]*$/.test(data), "it is not plain ASCII on the wire");
  match(smtp.lines[0]!, /^EHLO example\.org$/);
});

Deno.test("sendMail insists on TLS by STARTTLS, and logs in only within it", async () => {
  const tls = await selfSigned();
  const { outcome, smtp } = await attempt({ tls, extensions: ["AUTH PLAIN"] }, {
    tls: "STARTTLS",
    ca: tls.cert,
    user: { name: "vigie", password: "pässword" },
  });
  deepEqual(outcome, { result: "delivered", ref: MAIL.messageId });
  const [{ secure, auth }] = smtp.mails as [FakeSmtp["mails"][0]];
  equal(secure, true);
  equal(new TextDecoder().decode(Uint8Array.fromBase64(auth!)), "\0vigie\0pässword");
  deepEqual(smtp.lines.slice(0, 3).map((line) => line.split(" ")[0]), ["EHLO", "STARTTLS", "EHLO"]);
});

Deno.test("sendMail speaks TLS from the start, to a name or an address", async () => {
  const tls = await selfSigned();
  for (const host of ["localhost", "127.0.0.1"]) {
    const { outcome, smtp } = await attempt({ tls, fromTheStart: true }, {
      tls: "from the start",
      ca: tls.cert,
      host,
    });
    deepEqual(outcome, { result: "delivered", ref: MAIL.messageId });
    equal(smtp.mails[0]!.secure, true);
  }
});

Deno.test("sendMail sends nothing in plain that should be encrypted", async () => {
  const user = { name: "vigie", password: "secret-password" };
  const silent = (smtp: FakeSmtp) => {
    deepEqual(smtp.mails, []);
    ok(!smtp.lines.some((line) => /^(AUTH|MAIL|RCPT|DATA)/.test(line)), smtp.lines.join("\n"));
  };
  const none = await attempt({ extensions: ["AUTH PLAIN"] }, { tls: "STARTTLS", user });
  deepEqual(none.outcome, {
    result: "gone",
    reason: "The server offers no TLS, and nothing is sent in plain: 502 5.5.1 Not implemented",
  });
  silent(none.smtp);
  const old = await attempt({ replies: { EHLO: "500 5.5.1 What?" } }, { tls: "STARTTLS", user });
  equal(old.outcome.result, "gone");
  silent(old.smtp);
  const later = await attempt({ replies: { STARTTLS: "454 4.3.0 TLS not available now" } }, {
    tls: "STARTTLS",
  });
  deepEqual(later.outcome, {
    result: "retry",
    reason: "The server answered: 454 4.3.0 TLS not available now",
  });
  silent(later.smtp);
});

Deno.test("sendMail trusts no certificate that nobody vouches for, and says so", async () => {
  const tls = await selfSigned();
  const other = await selfSigned();
  for (const way of ["STARTTLS", "from the start"] as const) {
    for (const ca of [undefined, other.cert]) {
      const tried = await attempt({ tls, fromTheStart: way === "from the start" }, { tls: way, ca });
      equal(tried.outcome.result, "retry");
      match(reasonOf(tried), /^127\.0\.0\.1:\d+: TLS cannot be set up, or its certificate is not trusted/);
      deepEqual(tried.smtp.mails, []);
    }
  }
  // It is a certificate for localhost and 127.0.0.1.
  const hostname = "127.0.0.2";
  const elsewhere = await attempt({ tls, hostname }, { tls: "STARTTLS", ca: tls.cert, host: hostname });
  match(reasonOf(elsewhere), /TLS cannot be set up/);
  deepEqual(elsewhere.smtp.mails, []);
});

type Row = readonly [title: string, behaviour: FakeSmtpOptions, result: Outcome["result"], reason: RegExp];

const ROWS: readonly Row[] = [
  ["busy", { replies: { greeting: "421 4.3.2 Too busy" } }, "retry", /answered: 421 4\.3\.2 Too busy/],
  ["no mail here", { replies: { greeting: "554 5.7.1 Go away" } }, "gone", /refuses to be spoken to: 554/],
  ["not SMTP", { replies: { greeting: "HTTP/1.1 400 Bad Request" } }, "retry", /HTTP\/1\.1 400/],
  ["closes in the middle", { replies: { EHLO: "421 4.4.2 Bye" } }, "retry", /421 4\.4\.2 Bye/],
  ["the sender is refused", { replies: { MAIL: "553 5.1.8 Not yours" } }, "gone", /refuses the sender: 553/],
  ["later", { replies: { MAIL: "452 4.3.1 Disk full" } }, "retry", /452 4\.3\.1 Disk full/],
  [
    "the recipient is unknown",
    { replies: { RCPT: "550 5.1.1 Unknown" } },
    "gone",
    /refuses ops@example\.org: 550 5\.1\.1 Unknown$/,
  ],
  [
    "greylisted",
    { replies: { RCPT: "450 4.2.0 Greylisted" } },
    "retry",
    /for ops@example\.org: 450 4\.2\.0 Greylisted$/,
  ],
  ["no mail taken now", { replies: { DATA: "451 4.3.0 Later" } }, "retry", /451/],
  [
    "too large",
    { replies: { end: "552 5.3.4 Too large" } },
    "refused",
    /refuses the mail: 552 5\.3\.4 Too large/,
  ],
  ["spam", { replies: { end: "554 5.7.1 Spam" } }, "refused", /554 5\.7\.1 Spam/],
  ["cannot be kept now", { replies: { end: "451 4.3.0 Queue full" } }, "retry", /451 4\.3\.0 Queue full/],
  ["out of step", { replies: { MAIL: "503 5.5.1 Bad sequence" } }, "retry", /503/],
  ["cut at once", { replies: { greeting: "cut" } }, "retry", /closed/i],
  ["cut before the mail", { replies: { DATA: "cut" } }, "retry", /closed/i],
  ["cut in the mail", { replies: { body: "cut" } }, "retry", /./],
  ["cut before the mail is confirmed", { replies: { end: "cut" } }, "retry", /closed/i],
];

Deno.test("sendMail judges what a server answers, and where it breaks off", async () => {
  for (const [title, behaviour, result, reason] of ROWS) {
    const tried = await attempt(behaviour);
    equal(tried.outcome.result, result, `${title}: ${JSON.stringify(tried.outcome)}`);
    match(reasonOf(tried), reason, title);
    ok(!/[\r\n]/.test(reasonOf(tried)), title);
  }
});

Deno.test("sendMail sends it once to each recipient, and again only to those who have not got it", async () => {
  const to = ["ops@example.org", "boss@example.org", "late@example.org"];
  const mail = { ...MAIL, to };
  const done = new Set<string>();
  const answers = (late: string) => ({
    replies: {
      RCPT: (line: string) =>
        line.includes("boss@") ? "550 5.1.1 Unknown" : line.includes("late@") ? late : undefined,
    },
  });
  const first = await attempt(answers("450 4.2.0 Greylisted"), {}, { mail, done });
  deepEqual(first.outcome, {
    result: "retry",
    reason: "The server answered for late@example.org: 450 4.2.0 Greylisted; 1 of 3 recipients have got it",
    others: "welcome",
  });
  deepEqual(first.smtp.mails.map(({ to }) => to), [["ops@example.org"]]);
  match(first.smtp.mails[0]!.data, /^To: ops@example\.org, boss@example\.org,\s+late@example\.org\r$/m);

  const cut = await attempt({ replies: { end: "cut" } }, {}, { mail, done });
  equal(cut.outcome.result, "retry");

  const second = await attempt(answers("250 Ok"), {}, { mail, done });
  deepEqual(second.outcome, {
    result: "gone",
    reason: "The server refuses boss@example.org: 550 5.1.1 Unknown; 2 of 3 recipients have got it",
  });
  deepEqual(second.smtp.mails.map(({ to }) => to), [["late@example.org"]]);

  const replayed = await attempt({}, {}, { mail, done });
  deepEqual(replayed.outcome, { result: "delivered", ref: MAIL.messageId });
  deepEqual(replayed.smtp.mails.map(({ to }) => to), [["boss@example.org"]]);
  const again = await attempt({}, {}, { mail, done });
  deepEqual([again.outcome.result, again.smtp.lines], ["delivered", []]);
});

Deno.test("sendMail tells a wrong login from a server that cannot log in now, and says no password", async () => {
  const user = { name: "vigie", password: "secret-password" };
  const tried = async (behaviour: FakeSmtpOptions) => {
    const { outcome, smtp } = await attempt(behaviour, { user });
    ok(
      !JSON.stringify(outcome).includes(user.password) &&
        !JSON.stringify(outcome).includes(btoa(user.password)),
    );
    deepEqual(smtp.mails, []);
    return outcome;
  };
  const extensions = ["AUTH PLAIN LOGIN"];
  deepEqual(await tried({ extensions, replies: { AUTH: "535 5.7.8 Wrong" } }), {
    result: "gone",
    reason: "The server refuses the login: 535 5.7.8 Wrong",
  });
  deepEqual(await tried({ extensions, replies: { AUTH: "454 4.7.0 Not now" } }), {
    result: "retry",
    reason: "The server answered: 454 4.7.0 Not now",
  });
  equal((await tried({ replies: { AUTH: "502 5.5.1 Not implemented" } })).result, "gone");
});

Deno.test("sendMail waits for no step for ever, and ends when it is told to", async () => {
  for (const step of ["greeting", "EHLO", "DATA", "end"] as const) {
    const tried = await attempt({ replies: { [step]: "hang" } }, {}, { stepMs: 60 });
    equal(tried.outcome.result, "retry", step);
  }
  const ended = await attempt({ replies: { MAIL: "hang" } }, {}, { signal: AbortSignal.timeout(60) });
  deepEqual(ended.outcome, {
    result: "retry",
    reason: `127.0.0.1:${ended.smtp.port}: The attempt was ended`,
  });
});

Deno.test("sendMail says which server cannot be reached", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const server = { host: "127.0.0.1", port, tls: "STARTTLS", greeting: "example.org" } as const;
  const outcome = await sendMail(MAIL, server, new Set(), AbortSignal.timeout(5_000));
  equal(outcome.result, "retry");
  match((outcome as { reason: string }).reason, new RegExp(`^127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
});

const PICTURE = {
  name: "Disk.png",
  bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255]),
  alt: '97 % "full" <b>',
};

/** Sends one mail for which `draw` gives the picture. */
async function attemptWith(
  draw: () => Promise<typeof PICTURE | undefined>,
  mail = MAIL,
  signal = AbortSignal.timeout(10_000),
): Promise<Try> {
  await using smtp = fakeSmtp();
  const server = { host: "127.0.0.1", port: smtp.port, tls: "none", greeting: "example.org" } as const;
  return { outcome: await sendMail(mail, server, new Set(), signal, 3_000, draw), smtp };
}

Deno.test("sendMail puts a picture into the mail, and says what it shows", async () => {
  const mail = { ...MAIL, html: "<html><body><p>Il ne reste plus rien</p></body></html>" };
  const { outcome, smtp } = await attemptWith(() => Promise.resolve(PICTURE), mail);
  equal(outcome.result, "delivered");
  const { data } = smtp.mails[0]!;
  const related = data.replace(/\r\n[ \t]+/g, " ");
  match(related, /Content-Type: image\/png; name=Disk\.png/);
  match(related, /Content-Disposition: inline; filename=Disk\.png/);
  match(related, /Content-Id: <picture\.vigie_1_abc@example\.org>/i);
  ok(data.includes(PICTURE.bytes.toBase64()), "it is another picture");
  // Quoted-printable.
  const html = data.replace(/=\r\n/g, "").replace(/=3D/g, "=");
  ok(
    html.includes('<img src="cid:picture.vigie_1_abc@example.org" alt="97 % &quot;full&quot; &lt;b&gt;"'),
    html,
  );
  ok(
    /multipart\/alternative/.test(data) && /multipart\/related/.test(data),
    "it is no alternative to the text",
  );
});

Deno.test("sendMail sends the same mail as ever without a picture, and asks for none where there is no HTML", async () => {
  const none = await attemptWith(() => Promise.resolve(undefined));
  equal(none.outcome.result, "delivered");
  ok(!/image\/png|cid:/.test(none.smtp.mails[0]!.data));
  const { html: _, ...plain } = MAIL;
  const asked = await attemptWith(() => Promise.reject(new Error("asked")), plain);
  equal(asked.outcome.result, "delivered");
});

Deno.test("sendMail ends with its signal while a picture is drawn", async () => {
  const ending = new AbortController();
  const hangs = () => {
    ending.abort(new DOMException("", "AbortError"));
    return new Promise<undefined>(() => {});
  };
  const { outcome } = await attemptWith(hangs, MAIL, ending.signal);
  equal(outcome.result, "retry");
});
