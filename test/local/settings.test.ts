import { describe, expect, it } from 'vitest';
import { readSettings, SettingError } from '../../local/settings.ts';

describe('the settings of npm start', () => {
  it('are port 8080 and credentials made up, when nothing is set', () => {
    expect(readSettings({})).toEqual({ port: 8080, sipPort: 0 });
    expect(readSettings({ DIALPLANE_PORT: '', DIALPLANE_ACCOUNT_SID: '', DIALPLANE_AUTH_TOKEN: '' })).toEqual(
      {
        port: 8080,
        sipPort: 0,
      },
    );
  });

  it('are taken as they are set', () => {
    const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
    expect(
      readSettings({
        DIALPLANE_PORT: '0',
        DIALPLANE_SIP_PORT: '5080',
        DIALPLANE_ACCOUNT_SID: accountSid,
        DIALPLANE_AUTH_TOKEN: 'to:ken',
      }),
    ).toEqual({ port: 0, sipPort: 5080, accountSid, authToken: 'to:ken' });
  });

  it.each([
    ['DIALPLANE_PORT', 'http', 'set it to a port from 1 to 65535'],
    ['DIALPLANE_PORT', '-1', 'set it to a port from 1 to 65535'],
    ['DIALPLANE_PORT', '65536', 'set it to a port from 1 to 65535'],
    ['DIALPLANE_SIP_PORT', 'sip', 'set it to a port from 1 to 65535'],
    ['DIALPLANE_ACCOUNT_SID', 'AC123', 'set it to AC and 32 digits'],
    ['DIALPLANE_ACCOUNT_SID', `CA${'0'.repeat(32)}`, 'set it to AC and 32 digits'],
    ['DIALPLANE_AUTH_TOKEN', 'two words', 'printable ASCII characters without spaces'],
  ])('refuse %s=%s in one sentence that says what to do', (name, value, advice) => {
    const read = () => readSettings({ [name]: value });
    expect(read).toThrow(SettingError);
    expect(read).toThrow(name);
    expect(read).toThrow(advice);
  });

  it('do not repeat a token that cannot be used', () => {
    expect(() => readSettings({ DIALPLANE_AUTH_TOKEN: 'secret word' })).not.toThrow(/secret word/);
  });
});
