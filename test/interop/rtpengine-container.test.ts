/** rtpengine as the deployed task starts it: the image's entry point, with the task's arguments. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rtpengineMedia } from '../../edge/media/rtpengine/rtpengine.ts';
import { RTPENGINE_ADDRESS, RTPENGINE_ARGUMENTS } from '../../lib/rtpengine-arguments.ts';
import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { ALLOWED_HERE, RtpEnd } from '../edge/media/support/rtp-end.ts';
import { Program } from './support/program.ts';

const PUBLIC = '203.0.113.7';

function containerCommand(): string[] {
  const [, entryPoint = '[]'] =
    /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync('edge/rtpengine/Dockerfile', 'utf8')) ?? [];
  return [...JSON.parse(entryPoint), ...RTPENGINE_ARGUMENTS];
}

test('It takes the edge’s commands, and is described by the public address that the edge names', async () => {
  const [program = '', ...options] = containerCommand();
  const engine = new Program(program, options, '/tmp');
  const [host = '', port] = RTPENGINE_ADDRESS.split(':');
  const media = rtpengineMedia({
    host,
    port: Number(port),
    advertisedAddress: PUBLIC,
    targets: ALLOWED_HERE,
    clock: systemClock,
    random: systemRandom,
  });
  const caller = await RtpEnd.open(1);
  const open = () =>
    media.open({ callSid: 'CA1', codecs: ['G722'], inside: caller.sdp('0 101'), address: PUBLIC });
  try {
    // It is started at the same moment: the first commands may find nobody.
    const path = await open().catch(open);
    expect(path.offer).toContain(`c=IN IP4 ${PUBLIC}`);
    expect(path.offer).toMatch(/^m=audio 1[2-9]\d{3} RTP\/AVP 9 101\r$/m);
    path.close();
  } finally {
    media.close();
    caller.close();
    await engine.stop();
  }
});
