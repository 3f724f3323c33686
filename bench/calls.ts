/** Calls that the benchmark makes on the local platform: the functions that deploy, the real SDK clients, virtual time. */
import type { Stage } from './stage.ts';

const OURS = '+12025550110';
const ANSWERS = '+12025550100';
const ANSWERS_LATER = '+12025550107';
/** How long the two talk. */
export const TALK_MS = 60_000;

export interface BenchCall {
  /** In `bench/budget.json`. */
  name: string;
  title: string;
  /** What has to be set up once. */
  prepare?(stage: Stage): Promise<void>;
  /** Makes the call and brings it to its end. */
  run(stage: Stage): Promise<void>;
}

/** A cXML document of twelve lines, of the kind that a customer's server answers with. */
export const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say voice="Polly.Joanna">Thank you for calling.
    You are being connected &amp; may be asked for your name.</Say>
  <Pause length="1"/>
  <Dial timeout="20" timeLimit="3600" callerId="${OURS}" action="/after-dial">
    <Number statusCallback="/events" statusCallbackEvent="initiated ringing answered completed"
      >${ANSWERS_LATER}</Number>
  </Dial>
  <Say>Nobody is there. Please call again tomorrow.</Say>
  <Hangup/>
</Response>`;

const SPOKEN = '<Response><Say>Our office is closed. Please call again tomorrow.</Say></Response>';

const callback = (name: string, title: string, more: (stage: Stage) => object): BenchCall => ({
  name,
  title,
  async run(stage) {
    await stage.api('POST', '/voice/call/callback', {
      leg_A: { to: ANSWERS, from: OURS },
      leg_B: { to: ANSWERS_LATER, from: OURS },
      ...more(stage),
    });
    await stage.clock.settled();
    await talk(stage);
  },
});

const inbound = (
  name: string,
  title: string,
  document: string,
  then?: (stage: Stage) => Promise<void>,
): BenchCall => ({
  name,
  title,
  async prepare(stage) {
    stage.documents['/document'] = document;
    stage.documents['/after-dial'] = '<Response><Hangup/></Response>';
    const path = `/2010-04-01/Accounts/${stage.platform.info.accountSid}/IncomingPhoneNumbers`;
    const { incoming_phone_numbers: numbers } = await stage.api<{
      incoming_phone_numbers: { sid: string; phone_number: string }[];
    }>('GET', `${path}.json`);
    const sid = numbers.find(({ phone_number }) => phone_number === OURS)?.sid;
    await stage.api('POST', `${path}/${sid}.json`, { VoiceUrl: `${stage.customerUrl}/document` });
  },
  async run(stage) {
    stage.platform.handsets.dial(ANSWERS, OURS);
    await stage.clock.settled();
    await then?.(stage);
  },
});

async function talk({ clock, platform }: Stage): Promise<void> {
  await clock.advance(TALK_MS);
  platform.handsets.hangUp(ANSWERS_LATER);
  await clock.settled();
}

export const TOLD_CALLBACK = callback(
  'toldCallback',
  'bridged callback, all status callbacks',
  ({ customerUrl }) => ({
    status_callback: `${customerUrl}/events`,
  }),
);

export const QUIET_CALLBACK = callback('quietCallback', 'bridged callback, no status callbacks', () => ({}));

export const SPOKEN_DOCUMENT = inbound('spokenDocument', 'inbound call, one document that speaks', SPOKEN);

export const DIALLING_DOCUMENT = inbound(
  'diallingDocument',
  'inbound call, one document that dials, its status callbacks',
  DOCUMENT,
  talk,
);

export const CALLS: readonly BenchCall[] = [
  TOLD_CALLBACK,
  QUIET_CALLBACK,
  SPOKEN_DOCUMENT,
  DIALLING_DOCUMENT,
];
