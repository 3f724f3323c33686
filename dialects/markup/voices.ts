/** The voices of `<Say>`, and which of Amazon Polly's they are. */

type Engine = 'standard' | 'neural';

export interface Voice {
  voiceId: string;
  engine: Engine;
  /** For voices of two languages only: the others know theirs. */
  languageCode?: string;
}

/** Each language's voices for `woman` and `man` by engine; Polly has no man in some, and no standard voice in others. */
export const LANGUAGES: Readonly<Record<string, { woman: string; man: string }>> = {
  arb: { woman: 'Zeina', man: 'Zeina' },
  'ar-AE': { woman: 'Hala', man: 'Zayd' },
  'ca-ES': { woman: 'Arlet', man: 'Arlet' },
  'cmn-CN': { woman: 'Zhiyu', man: 'Zhiyu' },
  'cs-CZ': { woman: 'Jitka', man: 'Jitka' },
  'cy-GB': { woman: 'Gwyneth', man: 'Gwyneth' },
  'da-DK': { woman: 'Naja', man: 'Mads' },
  'de-AT': { woman: 'Hannah', man: 'Hannah' },
  'de-CH': { woman: 'Sabrina', man: 'Sabrina' },
  'de-DE': { woman: 'Marlene', man: 'Hans' },
  'en-AU': { woman: 'Nicole', man: 'Russell' },
  'en-GB': { woman: 'Amy', man: 'Brian' },
  'en-GB-WLS': { woman: 'Geraint', man: 'Geraint' },
  'en-IE': { woman: 'Niamh', man: 'Niamh' },
  'en-IN': { woman: 'Raveena', man: 'Raveena' },
  'en-NZ': { woman: 'Aria', man: 'Aria' },
  'en-SG': { woman: 'Jasmine', man: 'Jasmine' },
  'en-US': { woman: 'Joanna', man: 'Matthew' },
  'en-ZA': { woman: 'Ayanda', man: 'Ayanda' },
  'es-ES': { woman: 'Conchita', man: 'Enrique' },
  'es-MX': { woman: 'Mia', man: 'Andres' },
  'es-US': { woman: 'Penelope', man: 'Miguel' },
  'fi-FI': { woman: 'Suvi', man: 'Suvi' },
  'fr-BE': { woman: 'Isabelle', man: 'Isabelle' },
  'fr-CA': { woman: 'Chantal', man: 'Liam' },
  'fr-FR': { woman: 'Celine', man: 'Mathieu' },
  'hi-IN': { woman: 'Aditi', man: 'Aditi' },
  'is-IS': { woman: 'Dora', man: 'Karl' },
  'it-IT': { woman: 'Carla', man: 'Giorgio' },
  'ja-JP': { woman: 'Mizuki', man: 'Takumi' },
  'ko-KR': { woman: 'Seoyeon', man: 'Seoyeon' },
  'nb-NO': { woman: 'Liv', man: 'Liv' },
  'nl-BE': { woman: 'Lisa', man: 'Lisa' },
  'nl-NL': { woman: 'Lotte', man: 'Ruben' },
  'pl-PL': { woman: 'Ewa', man: 'Jacek' },
  'pt-BR': { woman: 'Vitoria', man: 'Ricardo' },
  'pt-PT': { woman: 'Ines', man: 'Cristiano' },
  'ro-RO': { woman: 'Carmen', man: 'Carmen' },
  'ru-RU': { woman: 'Tatyana', man: 'Maxim' },
  'sv-SE': { woman: 'Astrid', man: 'Astrid' },
  'tr-TR': { woman: 'Filiz', man: 'Filiz' },
  'yue-CN': { woman: 'Hiujin', man: 'Hiujin' },
};

/** Other names of those languages, and what a language without a region is taken for. */
const LANGUAGE_ALIASES = new Map(
  Object.entries({
    ar: 'arb',
    'ar-xa': 'arb',
    ca: 'ca-ES',
    cs: 'cs-CZ',
    cy: 'cy-GB',
    da: 'da-DK',
    de: 'de-DE',
    en: 'en-US',
    'en-ca': 'en-US',
    es: 'es-ES',
    fi: 'fi-FI',
    fr: 'fr-FR',
    hi: 'hi-IN',
    is: 'is-IS',
    it: 'it-IT',
    ja: 'ja-JP',
    ko: 'ko-KR',
    nb: 'nb-NO',
    nl: 'nl-NL',
    no: 'nb-NO',
    pl: 'pl-PL',
    pt: 'pt-BR',
    ro: 'ro-RO',
    ru: 'ru-RU',
    sv: 'sv-SE',
    tr: 'tr-TR',
    zh: 'cmn-CN',
    'zh-cn': 'cmn-CN',
    'zh-hk': 'yue-CN',
    'zh-tw': 'cmn-CN',
  }),
);

const names = (text: string) => text.split(/\s+/);

/** Voices by the engines that have them (Amazon Polly Developer Guide, "Available voices"). */
const STANDARD_ONLY = names(
  `Aditi Astrid Carla Carmen Celine Chantal Conchita Cristiano Dora Enrique Ewa Filiz Geraint Giorgio Gwyneth Hans Jacek Jan
   Karl Liv Lotte Mads Maja Marlene Mathieu Maxim Miguel Mizuki Naja Nicole Penelope Raveena Ricardo Ruben Russell Tatyana Zeina`,
);
const NEURAL_ONLY = names(
  `Adriano Andres Aria Arlet Arthur Ayanda Burcu Daniel Danielle Elin Gabrielle Gregory Hala Hannah Hiujin Ida Isabelle Jasmine
   Jihye Jitka Kajal Kazuha Kevin Laura Liam Lisa Niamh Ola Olivia Pedro Remi Ruth Sabrina Sergio Sofie Stephen Suvi Thiago
   Tomoko Zayd`,
);
const BOTH = names(
  `Amy Bianca Brian Camila Emma Ines Ivy Joanna Joey Justin Kendra Kimberly Lea Lucia Lupe Matthew Mia Salli Seoyeon Takumi
   Vicki Vitoria Zhiyu`,
);

/** What each voice can be asked for; the first engine is the one that it has without being asked. */
export const ENGINES: ReadonlyMap<string, readonly Engine[]> = new Map<string, readonly Engine[]>([
  ...STANDARD_ONLY.map(name => [name, ['standard']] as const),
  ...NEURAL_ONLY.map(name => [name, ['neural']] as const),
  ...BOTH.map(name => [name, ['standard', 'neural']] as const),
]);

/** Voices that speak two languages, the first by default. */
const BILINGUAL: Readonly<Record<string, readonly string[]>> = {
  Aditi: ['en-IN', 'hi-IN'],
  Kajal: ['en-IN', 'hi-IN'],
  Hala: ['ar-AE', 'arb'],
  Zayd: ['ar-AE', 'arb'],
};

export const DEFAULT_LANGUAGE = 'en-US';

/** A language as Polly writes it; undefined for one that it does not speak. */
export function languageOf(text: string): string | undefined {
  const lower = text.trim().replace('_', '-').toLowerCase();
  return (
    LANGUAGE_ALIASES.get(lower) ?? BY_LOWER_CASE.get(lower) ?? LANGUAGE_ALIASES.get(lower.split('-')[0] ?? '')
  );
}

const BY_LOWER_CASE = new Map(Object.keys(LANGUAGES).map(code => [code.toLowerCase(), code]));

/** The voice for a `voice` and a `language`, and what is to be said of them where they could not be had. */
export function voiceOf(voice: string, language: string | undefined): { voice: Voice; complaint?: string } {
  const code = language === undefined ? DEFAULT_LANGUAGE : languageOf(language);
  const byLanguage = LANGUAGES[code ?? DEFAULT_LANGUAGE] ?? LANGUAGE_FALLBACK;
  const unknownLanguage =
    code === undefined ? `language "${language}" has no voice; English is used` : undefined;

  if (voice === 'woman' || voice === 'alice' || voice === 'man') {
    const found = named(byLanguage[voice === 'man' ? 'man' : 'woman'], undefined, code);
    return unknownLanguage === undefined ? { voice: found } : { voice: found, complaint: unknownLanguage };
  }
  const [, name = '', engine] = POLLY.exec(voice) ?? AMAZON.exec(voice) ?? [];
  const engines = ENGINES.get(name);
  if (engines === undefined) {
    const [, ofName] = /^(?:gcloud|google)\.([a-z]{2,3}-[a-z]{2})/i.exec(voice) ?? [];
    const nearest = LANGUAGES[(ofName && languageOf(ofName)) ?? ''] ?? byLanguage;
    return {
      voice: named(nearest.woman, undefined, code),
      complaint: `voice "${voice}" is not there; ${nearest.woman} speaks`,
    };
  }
  const wanted = engine?.toLowerCase();
  const possible = wanted === undefined || engines.some(each => each === wanted);
  return {
    voice: named(name, possible ? (wanted as Engine | undefined) : undefined, code),
    ...(!possible && { complaint: `${name} has no ${wanted} voice; the ${engines[0]} one speaks` }),
  };
}

const LANGUAGE_FALLBACK = { woman: 'Joanna', man: 'Matthew' };
const POLLY = /^Polly\.([A-Z][a-z]+)(?:-(\w+))?$/;
const AMAZON = /^amazon\.([A-Z][a-z]+)(?::(standard|neural|generative))?(?::[a-z]{2,3}-[A-Z]{2})?$/;

function named(voiceId: string, engine: Engine | undefined, language: string | undefined): Voice {
  const bilingual = BILINGUAL[voiceId];
  return {
    voiceId,
    engine: engine ?? ENGINES.get(voiceId)?.[0] ?? 'standard',
    ...(language !== undefined && bilingual?.includes(language) && { languageCode: language }),
  };
}
