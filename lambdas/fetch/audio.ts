/** Audio of `Play`: fetched once, converted to what the voice service plays, and kept in the audio bucket; and ring tones. */
import { createHash } from 'node:crypto';
import type { AudioBucket, StoredAudio } from '../../aws/audio-bucket.ts';
import { type Environment, required } from '../../aws/clients.ts';
import { AudioError } from '../../core/audio/errors.ts';
import type { Clock } from '../../core/clock.ts';
import { redactUrl } from '../../core/redact-url.ts';
import { RING_TONES, type RingToneName } from '../../core/ring-tone.ts';
import type { LaidOutVerb, Play } from '../../core/verb.ts';
import { mapPlays, mapRingTone, playsWithoutAudio, ringToneOf } from '../../core/verb-audio.ts';
import type { RetryRule } from '../../dialects/dialect.ts';
import { requireSuccess, type WebClient, type WebResponse } from '../../web/client.ts';
import { WebError } from '../../web/errors.ts';
import { audioLimits } from '../../web/limits.ts';
import { tryUntil } from './tries.ts';

/** How long audio is played without asking its server again, where the server does not say. */
export const DEFAULT_FRESH_SECONDS = 24 * 60 * 60;

const UNCHANGED = 304;

export interface Audio {
  /** The verbs with their audio in the bucket, or with what kept it from getting there. */
  collect(accountSid: string, verbs: LaidOutVerb[], rule?: RetryRule): Promise<LaidOutVerb[]>;
}

export function createAudio({ env, web, clock }: { env: Environment; web: WebClient; clock: Clock }): Audio {
  const bucketName = required(env, 'AUDIO_BUCKET_NAME');
  let loading: Promise<AudioBucket> | undefined;

  /** Most documents play nothing: the bucket's client, 6 % of a cold start, is loaded when one does. */
  function loadBucket(): Promise<AudioBucket> {
    loading ??= import('../../aws/audio-bucket.ts').then(({ createAudioBucket }) => createAudioBucket(env));
    return loading;
  }

  return {
    async collect(accountSid, verbs, rule) {
      const urls = verbs.flatMap(playsWithoutAudio).map(({ url }) => url);
      const audio = await onceEach(urls, url => obtain(accountSid, url, rule));
      const tones = await onceEach(
        verbs.flatMap(verb => ringToneOf(verb) ?? []),
        ringTone,
      );
      return verbs.map(verb => {
        const withPlays = mapPlays(verb, play => {
          const found = play.audio ?? audio.get(play.url);
          // Nobody asks for it any more: what is kept of it is for notifications.
          return found ? { ...play, url: redactUrl(play.url), audio: found } : play;
        });
        return mapRingTone(withPlays, name => tones.get(name));
      });
    },
  };

  /** Made when it is first heard, and kept for every account. */
  async function ringTone(name: RingToneName): Promise<{ bucket: string; key: string }> {
    const key = `ring/${name}.wav`;
    const bucket = await loadBucket();
    if ((await bucket.find(key)) === undefined) {
      const { ringToneWav } = await import('../../core/audio/ring-tone-wav.ts');
      await bucket.put(key, ringToneWav(RING_TONES[name]), { freshUntilMs: Number.MAX_SAFE_INTEGER });
    }
    return { bucket: bucketName, key };
  }

  async function obtain(
    accountSid: string,
    url: string,
    rule?: RetryRule,
  ): Promise<NonNullable<Play['audio']>> {
    const key = `play/${accountSid}/${createHash('sha256').update(url).digest('hex')}.wav`;
    const bucket = await loadBucket();
    const stored = await bucket.find(key);
    const there = { bucket: bucketName, key };
    if (stored !== undefined && stored.freshUntilMs > clock.now()) return there;
    try {
      const answer = await tryUntil({ rule, clock, attempt: leftMs => ask(url, stored, leftMs) });
      if (answer.status === UNCHANGED) return there;
      const { toTelephonyWav } = await import('../../core/audio/telephony-wav.ts');
      const wav = await toTelephonyWav(answer.body, answer.headers['content-type']);
      await bucket.put(key, wav, freshness(answer));
      return there;
    } catch (error) {
      if (error instanceof WebError || error instanceof AudioError) return { error: error.message };
      throw error;
    }
  }

  async function ask(url: string, stored: StoredAudio | undefined, leftMs: number): Promise<WebResponse> {
    const limits = { ...audioLimits, totalMs: Math.min(audioLimits.totalMs, leftMs) };
    const answer = await web.request({ method: 'GET', url, headers: unlessUnchanged(stored), limits });
    return answer.status === UNCHANGED && stored !== undefined ? answer : requireSuccess(answer);
  }

  function freshness({ headers }: WebResponse): StoredAudio {
    const { etag, 'last-modified': lastModified, 'cache-control': cacheControl = '' } = headers;
    const maxAge = /(?:^|[\s,])max-age=(\d+)/i.exec(cacheControl)?.[1];
    const seconds = /no-cache|no-store/i.test(cacheControl) ? 0 : Number(maxAge ?? DEFAULT_FRESH_SECONDS);
    return {
      freshUntilMs: clock.now() + seconds * 1000,
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    };
  }
}

/** What is made of each, once however often it is there. */
async function onceEach<K, V>(keys: readonly K[], make: (key: K) => Promise<V>): Promise<Map<K, V>> {
  return new Map(await Promise.all([...new Set(keys)].map(async key => [key, await make(key)] as const)));
}

function unlessUnchanged(stored: StoredAudio | undefined): Record<string, string> {
  return {
    ...(stored?.etag !== undefined && { 'if-none-match': stored.etag }),
    ...(stored?.lastModified !== undefined && { 'if-modified-since': stored.lastModified }),
  };
}
