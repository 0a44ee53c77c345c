/** What looks like a secret in a text. What it is never leaves this file: only where it stands. */

/** A secret's place in a text, as offsets from 0, the end excluded. */
export interface FoundSecret {
  readonly from: number;
  readonly to: number;
  /** What it is, such as `a Slack token`. */
  readonly kind: string;
}

/** Secrets of the services that Vigie tells, which secretlint does not know. */
const KNOWN: readonly [kind: string, pattern: RegExp][] = [
  ["a Telegram bot's token", /\b\d{8,10}:[\w-]{35}\b/g],
  [
    "the address of a Discord webhook",
    /https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]{40,}/g,
  ],
  [
    "the address of a Teams webhook",
    /https:\/\/[\w.-]+\.(?:webhook\.office\.com\/webhookb2\/|logic\.azure\.com[^\s"']*[?&]sig=)[^\s"']+/g,
  ],
  ["an ntfy token", /\btk_[a-z0-9]{29}\b/g],
  ["a key of Standard Webhooks", /\bwhsec_[A-Za-z0-9+/]{32,}={0,2}/g],
  ["a Grafana token", /\bgl(?:sa|c)_[A-Za-z0-9_+/=]{32,}/g],
];

/** Keys whose value is a secret, and those that only say where one lies. */
const SECRET_KEY =
  /(?<!by)pass(?:word|wd|phrase)?$|secret(?:_?key)?$|token$|api_?key$|routing_?key$|service_?key$|credentials?$/i;
const ASSIGNMENT =
  /^[ \t]*(?:-[ \t]+)?["']?([A-Za-z_][\w.-]*)["']?[ \t]*[:=][ \t]*(["']?)([^\s"']+)\2,?[ \t]*$/gm;

/**
 * Everything in `text` that looks like a secret: tokens whose form is known, credentials in addresses, private keys, values of keys such as
 * `password`, and long random text.
 *
 * @param text A configuration file, or one value of it.
 */
export async function findSecrets(text: string): Promise<FoundSecret[]> {
  const found = [...await byForm(text), ...byKey(text), ...byRandomness(text)];
  // What several rules see is one secret.
  return found.sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(({ from }, i, all) => !all.slice(0, i).some((before) => from < before.to));
}

/** `text` with every secret masked by as many asterisks. */
export async function maskSecrets(text: string): Promise<string> {
  let masked = text;
  for (const { from, to } of await findSecrets(text)) {
    masked = masked.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, "*") + masked.slice(to);
  }
  return masked;
}

/** Whether the value of a key is a secret by the key's name. */
export function isSecretValue(key: string, value: string): boolean {
  if (!SECRET_KEY.test(key) || value.length < 6) return false;
  // A path, a reference, a template or a switch is none.
  return !/^(?:[./~]|\$|\{\{|<|https?:\/\/[^@]*$|true$|false$|null$|none$|\*+$|\d{1,6}$)/i.test(value);
}

async function byForm(text: string): Promise<FoundSecret[]> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const { messages } = await lintSource({
    source: { content: text, filePath: "/text.txt", ext: ".txt", contentType: "text" },
    options: {
      config: { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] },
      maskSecrets: true,
      noPhysicFilePath: true,
    },
  });
  return [
    ...messages.map(({ range: [from, to], message }) => ({ from, to, kind: kindOf(message) })),
    ...KNOWN.flatMap(([kind, pattern]) =>
      [...text.matchAll(pattern)].map(({ 0: whole, index }) => ({
        from: index,
        to: index + whole.length,
        kind,
      }))
    ),
  ];
}

/** `found GitHub Token(…): …` is `a GitHub token`. */
function kindOf(message: string): string {
  const name = /^found ([^:(]+)/i.exec(message)?.[1]?.trim() ?? "secret";
  if (/basic auth/i.test(name)) return "a password in an address";
  const lower = name.replace(/ (Token|Key|ID|Webhook|Secret)\b/g, (word) => word.toLowerCase());
  return `${/^[aeiou]/i.test(lower) ? "an" : "a"} ${lower}`;
}

function byKey(text: string): FoundSecret[] {
  return [...text.matchAll(ASSIGNMENT)].flatMap(({ 0: whole, 1: key, 3: value, index }) => {
    if (!isSecretValue(key!, value!)) return [];
    const from = index + whole.lastIndexOf(value!);
    return [{ from, to: from + value!.length, kind: `the value of "${key}"` }];
  });
}

const LEAST_ENTROPY_BITS = 4.4;

function byRandomness(text: string): FoundSecret[] {
  return [...text.matchAll(/(?<![\w+/@:=.-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w+/@:.-])/g)].flatMap(
    ({ 0: word, index }) => {
      const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && (word.match(/\d/g)?.length ?? 0) >= 3;
      if (!isMixed || entropyOf(word) < LEAST_ENTROPY_BITS) return [];
      return [{ from: index, to: index + word.length, kind: "a key: it is long and random" }];
    },
  );
}

/** Bits of information in each character of `text`, by how often each occurs. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
