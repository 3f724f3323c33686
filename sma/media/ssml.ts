/** As much of SSML as simulated speech needs: is it well formed, what is said, and how long are the breaks. */

export interface ReadSsml {
  text: string;
  breaksMs: number;
}

const TOKEN =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/gy;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Pauses of `<break strength>`, as Polly takes them; without attributes a break is `medium`. */
const BREAK_STRENGTH_MS: Record<string, number> = {
  none: 0,
  'x-weak': 0,
  weak: 400,
  medium: 400,
  strong: 700,
  'x-strong': 1_200,
};

/** Undefined when it is not well-formed XML with `speak` as its root, which the speech service refuses. */
export function readSsml(ssml: string): ReadSsml | undefined {
  const open: string[] = [];
  let text = '';
  let breaksMs = 0;
  let rootClosed = false;
  let at = 0;
  const source = ssml.trim();
  for (const match of source.matchAll(TOKEN)) {
    at += match[0].length;
    const [token, closing, tag, attributes, selfClosing] = match;
    if (token.startsWith('<!--')) continue;
    if (tag === undefined) {
      if (BARE_AMPERSAND.test(token)) return undefined;
      if (open.length === 0 && token.trim() !== '') return undefined;
      text += token;
      continue;
    }
    if (closing === '/') {
      if (open.pop() !== tag) return undefined;
      rootClosed = open.length === 0;
      continue;
    }
    if (open.length === 0 && (rootClosed || tag !== 'speak')) return undefined;
    if (tag === 'break') breaksMs += breakMs(attributes ?? '');
    if (selfClosing === '/') rootClosed ||= open.length === 0;
    else open.push(tag);
  }
  if (at !== source.length || open.length > 0 || !rootClosed) return undefined;
  return { text: decoded(text).replace(/\s+/g, ' ').trim(), breaksMs };
}

function breakMs(attributes: string): number {
  const time = /time\s*=\s*["'](\d+(?:\.\d+)?)(ms|s)["']/.exec(attributes);
  if (time !== null) return Number(time[1]) * (time[2] === 's' ? 1_000 : 1);
  const strength = /strength\s*=\s*["']([\w-]+)["']/.exec(attributes);
  return BREAK_STRENGTH_MS[strength?.[1] ?? 'medium'] ?? 0;
}

const decoded = (text: string): string =>
  text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
