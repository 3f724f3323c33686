/** docs/compatibility.md: every line of it is proved here, and nothing that the platforms' pages have is left out. */
import { describe, expect, it } from 'vitest';
import { compatibilityPage, type Platform, prove, unclaimed } from '../support/compatibility.ts';
import { datatechlabs } from './datatechlabs.ts';
import { PAGES } from './pages.ts';
import { plivo } from './plivo.ts';
import { restcomm } from './restcomm.ts';
import { signalwire } from './signalwire.ts';

const PLATFORMS: Record<keyof typeof PAGES, Platform> = { datatechlabs, signalwire, restcomm, plivo };

describe.each(Object.entries(PLATFORMS))('the page of %s', (name, { claims }) => {
  it('has nothing that is not spoken of', () => {
    expect(unclaimed(PAGES[name as keyof typeof PAGES], claims)).toEqual([]);
  });
});

for (const platform of Object.values(PLATFORMS)) prove(platform);

it('docs/compatibility.md says what is proved here; npm run compatibility writes it anew', async () => {
  const page = compatibilityPage(Object.values(PLATFORMS));
  await expect(page).toMatchFileSnapshot('../../docs/compatibility.md');
});
