import { MAX_WAV_BYTES } from '../../sma/contract/limits.ts';

/** What the voice service plays best: 8 kHz, mono, 16 bit. */
export const TELEPHONY_RATE_HZ = 8_000;
/** Longest sound; the cXML reference warns that longer ones may drop the call. */
export const MAX_SOUND_SECONDS = 40 * 60;
/** Longest file made here: the voice service takes no more. */
export const MAX_OUTPUT_BYTES = MAX_WAV_BYTES;
/** Sampling rates that are believed. */
export const MIN_RATE_HZ = 4_000;
export const MAX_RATE_HZ = 192_000;
/** Channels that are mixed into one. */
export const MAX_CHANNELS = 8;
