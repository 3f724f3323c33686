/** Calls from SIP to phone numbers, through a Voice Connector (its termination). */
import { DEFAULT_TONE_MS } from '../contract/limits.ts';
import {
  type IncomingCall,
  type Line,
  type LineEvents,
  NO_LINE,
  type PhoneNetwork,
} from '../network/phone-network.ts';

/** What is behind a Voice Connector for calls that no SIP rule takes. */
export interface Telephone {
  network: PhoneNetwork;
  /** Whether a number is the account's: a caller may show no other. */
  ownsNumber: (number: string) => boolean;
}

const FORBIDDEN = 403;
const REQUEST_TERMINATED = 487;
const E164 = /^\+[1-9]\d{1,14}$/;

/**
 * Rings the number that the call is for; its caller hears what becomes of that on `line`. Undefined for what is no number.
 * Whoever shows a number that is not the account's gets 403, as at the service.
 */
export function callPhone(
  { network, ownsNumber }: Telephone,
  { from, to }: IncomingCall,
  line: Line,
): LineEvents | undefined {
  if (!E164.test(to)) return undefined;
  let phone = NO_LINE;
  if (!ownsNumber(from)) line.hangUp(FORBIDDEN);
  else
    phone = network.dial(
      { from, to: { kind: 'number', number: to }, headers: {} },
      {
        ringing: () => line.ring(false),
        answered: () => line.answer(),
        digits: digits => line.sendDigits(digits, DEFAULT_TONE_MS),
        ended: sipCode => line.hangUp(sipCode),
      },
    );
  return {
    ringing() {},
    answered() {},
    digits: digits => phone.sendDigits(digits, DEFAULT_TONE_MS),
    ended: () => phone.hangUp(REQUEST_TERMINATED),
  };
}
