/** Voices and languages that Speak takes: those of Amazon Polly (API reference, `Voice`). */

export const VOICE_IDS: ReadonlySet<string> = new Set(
  (
    'Aditi Adriano Amy Andres Aria Arlet Arthur Astrid Ayanda Bianca Brian Burcu Camila Carla Carmen Celine Chantal Conchita ' +
    'Cristiano Daniel Danielle Dora Elin Emma Enrique Ewa Filiz Gabrielle Geraint Giorgio Gregory Gwyneth Hala Hannah Hans Hiujin ' +
    'Ida Ines Isabelle Ivy Jacek Jan Jasmine Jihye Jitka Joanna Joey Justin Kajal Karl Kazuha Kendra Kevin Kimberly Laura Lea Liam ' +
    'Lisa Liv Lotte Lucia Lupe Mads Maja Marlene Mathieu Matthew Maxim Mia Miguel Mizuki Naja Niamh Nicole Ola Olivia Pedro ' +
    'Penelope Raveena Remi Ricardo Ruben Russell Ruth Sabrina Salli Seoyeon Sergio Sofie Stephen Suvi Takumi Tatyana Thiago Tomoko ' +
    'Vicki Vitoria Zayd Zeina Zhiyu'
  ).split(' '),
);

export const LANGUAGE_CODES: ReadonlySet<string> = new Set(
  (
    'arb ar-AE ca-ES cmn-CN cs-CZ cy-GB da-DK de-AT de-CH de-DE en-AU en-GB en-GB-WLS en-IE en-IN en-NZ en-SG en-US en-ZA es-ES ' +
    'es-MX es-US fi-FI fr-BE fr-CA fr-FR hi-IN is-IS it-IT ja-JP ko-KR nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sv-SE ' +
    'tr-TR yue-CN'
  ).split(' '),
);

export const DEFAULT_VOICE_ID = 'Joanna';
