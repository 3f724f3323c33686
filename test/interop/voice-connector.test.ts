/** The runtime's Voice Connector with baresip: another implementation of RTP and of telephone events. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LegTag } from '../../sma/contract/event.ts';
import { readWav, wavSamples } from '../../sma/media/wav.ts';
import { ACCOUNT_NUMBER, actions, audio, script } from '../sma/support/scene.ts';
import { type SipHandler, SipScene, type SipSceneSettings, toSip } from '../sma/support/sip-scene.ts';
import { wavOf } from '../sma/support/wav.ts';
import { withBaresip } from './support/baresip.ts';
import { useCertificate } from './support/certificate.ts';

const certificate = useCertificate();

async function withScene(
  answers: Record<string, unknown>,
  work: (scene: SipScene) => Promise<void>,
  files: SipSceneSettings['audio'] = {},
): Promise<void> {
  const scene = await SipScene.open(script(answers) as unknown as SipHandler, { audio: files });
  try {
    await work(scene);
    expect(scene.errors).toEqual([]);
  } finally {
    await scene.close();
  }
}

const digitsOf = (scene: SipScene, tag: LegTag): string =>
  scene.trace
    .map(entry =>
      entry.kind === 'digits' && entry.tag === tag && entry.direction === 'received' ? entry.digits : '',
    )
    .join('');

test('baresip is called, its packets come without loss, its keys are heard, and its hang-up ends the leg', async () => {
  await withScene({ NEW_INBOUND_CALL: actions(toSip('bare')) }, scene =>
    withBaresip({ transport: 'UDP', certificate: certificate() }, async ({ port, program }) => {
      scene.routeTo({ port });
      scene.dial();
      await program.says(/Call established/);
      for (const key of '4*1#') {
        program.say(key);
        await new Promise(resolve => setTimeout(resolve, 300));
      }
      await new Promise(resolve => setTimeout(resolve, 300));
      program.say('b');
      await scene.tellsOf(3);

      expect(scene.told.at(-1)).toBe('3 HANGUP (B,0) A=Connected B=Disconnected');
      expect(digitsOf(scene, 'LEG-B')).toBe('4*1#');
      expect(scene.media).toMatchObject([{ tag: 'LEG-B', media: { packetsLost: 0 } }]);
      const { packetsIn = 0, digitPacketsIn = 0, mos = 0, averagePacketMs = 0 } = scene.media[0]?.media ?? {};
      expect(packetsIn).toBeGreaterThan(50);
      expect(digitPacketsIn).toBeGreaterThan(12);
      expect(averagePacketMs).toBeGreaterThan(15);
      expect(averagePacketMs).toBeLessThan(25);
      expect(mos).toBeGreaterThan(4.2);
    }),
  );
});

test('baresip calls, and hears the prompt as it is in its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-heard-'));
  const prompt = Buffer.from(wavOf(1));
  for (let at = 44; at < prompt.length; at += 2) {
    prompt.writeInt16LE(Math.round(8_000 * Math.sin((Math.PI * (at - 44)) / 16)), at);
  }
  const answers = {
    NEW_INBOUND_CALL: actions(
      ['Pause', { DurationInMilliseconds: 300 }],
      ['PlayAudio', { AudioSource: audio('prompt.wav') }],
      ['Pause', { DurationInMilliseconds: 500 }],
      ['Hangup', {}],
    ),
  };
  try {
    await withScene(
      answers,
      scene =>
        withBaresip(
          {
            transport: 'UDP',
            certificate: certificate(),
            configuration: ['module sndfile.so', `snd_path ${folder}`],
            commands: [`/dial ${scene.uri()}`],
          },
          async ({ program }) => {
            await program.says(/Call established/);
            await scene.tellsOf(2);
            await program.says(/session closed|terminated/i);
            const heard = readdirSync(folder).find(name => name.endsWith('dec.wav')) ?? '';
            const wav = readWav(readFileSync(join(folder, heard)));
            const samples = wav === undefined ? [] : [...wavSamples(wav)];
            const loud = samples.filter(sample => Math.abs(sample) > 1_000);
            // 500 Hz at 8,000 is above 1,000 for 92 % of the time.
            expect(loud.length / 8_000).toBeCloseTo(0.92, 1);
            expect(Math.max(...samples)).toBeCloseTo(8_000, -3);
          },
        ),
      { 'prompt.wav': { bytes: prompt } },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('baresip is not let in from a place outside the termination networks', async () => {
  const scene = await SipScene.open(() => actions(), { terminationNetworks: ['192.0.2.0/24'] });
  try {
    await withBaresip(
      { transport: 'UDP', certificate: certificate(), commands: [`/dial ${scene.uri(ACCOUNT_NUMBER)}`] },
      ({ program }) => program.says(/403 Forbidden/),
    );
  } finally {
    await scene.close();
  }
});
