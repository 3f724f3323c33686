import { describe, expect, it } from 'vitest';
import { toUuid } from '../../../core/sid.ts';
import {
  ACCOUNT,
  ACCOUNT_UUID,
  APPLICATION,
  aNumber,
  anApplication,
  answered,
  decoded,
  NUMBER,
  refused,
} from './fixtures.ts';

const APPLICATIONS = `/2010-04-01/Accounts/${ACCOUNT}/Applications.json`;
const ONE = `/2010-04-01/Accounts/${ACCOUNT}/Applications/${APPLICATION}.json`;

describe('An application', () => {
  it('shows where its calls go, and nothing of messages', () => {
    const application = anApplication({
      voiceFallback: { url: 'https://example.com/f', method: 'POST' },
      statusCallback: { url: 'https://example.com/s', method: 'GET' },
    });
    expect(answered({ application }, ONE).body).toEqual({
      sid: APPLICATION,
      account_sid: ACCOUNT,
      friendly_name: 'Desk',
      api_version: '2010-04-01',
      date_created: 'Thu, 04 Apr 2024 18:32:15 +0000',
      date_updated: 'Thu, 04 Apr 2024 18:32:15 +0000',
      voice_url: 'https://example.com/voice',
      voice_method: 'GET',
      voice_fallback_url: 'https://example.com/f',
      voice_fallback_method: 'POST',
      voice_caller_id_lookup: false,
      status_callback: 'https://example.com/s',
      status_callback_method: 'GET',
      sms_url: '',
      sms_method: 'POST',
      sms_fallback_url: '',
      sms_fallback_method: 'POST',
      sms_status_callback: '',
      message_status_callback: '',
      uri: ONE,
    });
  });

  it.each([
    [{ FriendlyName: 'Desk' }, { friendlyName: 'Desk' }],
    [{}, { friendlyName: '' }],
    [
      {
        FriendlyName: 'Desk',
        VoiceUrl: 'https://a.example/v',
        VoiceMethod: 'GET',
        VoiceFallbackUrl: 'https://a.example/f',
        StatusCallback: 'https://a.example/s',
      },
      {
        friendlyName: 'Desk',
        voice: { url: 'https://a.example/v', method: 'GET' },
        voiceFallback: { url: 'https://a.example/f' },
        statusCallback: { url: 'https://a.example/s' },
      },
    ],
  ])('is made of %j', (form, change) => {
    const asked = { form: form as Record<string, string>, method: 'POST' };
    expect(decoded(APPLICATIONS, asked)).toEqual(change);
    expect(answered({ application: anApplication() }, APPLICATIONS, asked)).toMatchObject({
      status: 201,
      operation: 'createApplication',
    });
  });

  it('is changed in what is sent, and an empty URL is taken away', () => {
    const form = { VoiceUrl: '', StatusCallbackMethod: 'GET' };
    expect(decoded(ONE, { form })).toEqual({
      sid: APPLICATION,
      change: { voice: null, statusCallback: { method: 'GET' } },
    });
    expect(answered({ application: anApplication() }, ONE, { form })).toMatchObject({
      status: 200,
      operation: 'changeApplication',
    });
  });

  it('is deleted with an empty answer', () => {
    expect(answered(undefined, ONE, { method: 'DELETE' })).toMatchObject({ status: 204 });
  });

  it('is found by its name', () => {
    expect(decoded(APPLICATIONS, { query: 'FriendlyName=Desk&PageSize=20' })).toEqual({
      friendlyName: 'Desk',
    });
    const { body } = answered({ applications: [anApplication()] }, APPLICATIONS);
    expect(body['applications']).toMatchObject([{ sid: APPLICATION }]);
  });

  it('names parameters without effect, such as those of messages', () => {
    const form = { FriendlyName: 'Desk', SmsUrl: 'https://a.example/' };
    const { headers } = answered({ application: anApplication() }, APPLICATIONS, { form });
    expect(headers?.['dialplane-ignored-parameters']).toBe('SmsUrl');
  });

  it('that a number has chosen is named with it, in the spelling of the account', () => {
    const number = aNumber({ applicationSid: APPLICATION });
    const at = (account: string) => `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers/${NUMBER}.json`;
    expect(answered({ number }, at(ACCOUNT)).body['voice_application_sid']).toBe(APPLICATION);
    expect(answered({ number }, at(ACCOUNT_UUID)).body['voice_application_sid']).toBe(toUuid(APPLICATION));
  });

  it.each([
    [{ VoiceUrl: '/v' }, 21402],
    [{ VoiceMethod: 'PUT' }, 21209],
    [{ StatusCallback: 'x' }, 21456],
    [{ FriendlyName: 'x'.repeat(65) }, undefined],
  ])('is not made of %j', (form, code) => {
    const { kind, code: told } = refused(APPLICATIONS, { form: form as Record<string, string> });
    expect([kind, told]).toEqual(['invalid-parameter', code]);
  });

  it('is none without its SID', () => {
    expect(refused(`${APPLICATIONS.slice(0, -5)}/CA1`).kind).toBe('unknown-resource');
  });
});
