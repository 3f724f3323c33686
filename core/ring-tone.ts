/** What a caller hears while somebody is rung, as each country's telephone network has it (ITU-T E.180 Supplement 2). */
export interface RingTone {
  /** Heard together. */
  hz: readonly number[];
  /** How often a second the tone swells and fades. */
  swellHz?: number;
  /** Milliseconds of sound and of silence in turn, and again from the beginning. */
  cadenceMs: readonly number[];
}

const EUROPEAN: RingTone = { hz: [425], cadenceMs: [1_000, 4_000] };
const DOUBLE = [400, 200, 400, 2_000] as const;
const BRITISH: RingTone = { hz: [400, 450], cadenceMs: DOUBLE };

/** By the names under which the cXML reference lists them. */
export const RING_TONES = {
  at: { hz: [420], cadenceMs: [1_000, 5_000] },
  au: { hz: [413, 438], cadenceMs: DOUBLE },
  bg: EUROPEAN,
  br: EUROPEAN,
  be: { hz: [425], cadenceMs: [1_000, 3_000] },
  ch: EUROPEAN,
  cl: { hz: [400], cadenceMs: [1_000, 3_000] },
  cn: { hz: [450], cadenceMs: [1_000, 4_000] },
  cz: EUROPEAN,
  de: EUROPEAN,
  dk: EUROPEAN,
  ee: EUROPEAN,
  es: { hz: [425], cadenceMs: [1_500, 3_000] },
  fi: EUROPEAN,
  fr: { hz: [440], cadenceMs: [1_500, 3_500] },
  gr: EUROPEAN,
  hu: { hz: [425], cadenceMs: [1_250, 3_750] },
  il: { hz: [400], cadenceMs: [1_000, 3_000] },
  in: { hz: [400], swellHz: 25, cadenceMs: DOUBLE },
  it: EUROPEAN,
  lt: EUROPEAN,
  jp: { hz: [400], swellHz: 16, cadenceMs: [1_000, 2_000] },
  mx: EUROPEAN,
  my: { hz: [425], cadenceMs: DOUBLE },
  nl: EUROPEAN,
  no: EUROPEAN,
  nz: BRITISH,
  ph: { hz: [425, 480], cadenceMs: [1_000, 4_000] },
  pl: EUROPEAN,
  pt: { hz: [425], cadenceMs: [1_000, 5_000] },
  ru: { hz: [425], cadenceMs: [800, 3_200] },
  se: { hz: [425], cadenceMs: [1_000, 5_000] },
  sg: { hz: [425], swellHz: 24, cadenceMs: DOUBLE },
  th: { hz: [400], cadenceMs: [1_000, 4_000] },
  uk: BRITISH,
  us: { hz: [440, 480], cadenceMs: [2_000, 4_000] },
  'us-old': { hz: [420], swellHz: 40, cadenceMs: [2_000, 4_000] },
  tw: { hz: [440, 480], cadenceMs: [1_000, 2_000] },
  ve: EUROPEAN,
  za: { hz: [400], swellHz: 33, cadenceMs: DOUBLE },
} as const satisfies Readonly<Record<string, RingTone>>;

export type RingToneName = keyof typeof RING_TONES;

export const RING_TONE_NAMES = Object.keys(RING_TONES) as RingToneName[];
