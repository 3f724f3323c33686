/** Attributes of the nouns of a Dial that nothing stands behind yet. */
import { idle, missing, needed } from '../../markup/attributes.ts';
import { CODE } from './codes.ts';

/** A document for the callee, before the call is connected. */
export const SCREENING_URL = needed(
  CODE.notSupported,
  /^$/,
  'names a document for the callee before the call is connected. Screening is not there yet, and nobody is connected unscreened: remove it, or answer the Dial in another way.',
);

export const MACHINE_DETECTION = {
  machineDetection: missing(
    CODE.number.machineDetection,
    /^(?:none|false)?$/i,
    'has no effect: nobody can tell a machine from a human yet.',
  ),
  machineDetectionTimeout: idle,
  machineDetectionSpeechThreshold: idle,
  machineDetectionSpeechEndThreshold: idle,
  machineDetectionSilenceTimeout: idle,
  amdStatusCallback: idle,
  amdStatusCallbackMethod: idle,
} as const;
