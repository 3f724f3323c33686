import type { Suite } from '../suite.ts';
import { besidePeers } from './beside-peers.ts';
import { fromTable } from './from-table.ts';
import { programPath, withCallee } from './programs.ts';
import { soak } from './soak.ts';

const MISSING: Readonly<Record<string, string>> = { sipp: 'sip-tester', kamailio: 'kamailio' };

/** SIPp calls SIPp through the edge, and through others. `SOAK_MINUTES` makes its soak as long. */
export const edge: Suite = async () => {
  const missing = Object.keys(MISSING).filter(name => programPath(name) === undefined);
  if (missing.length > 0) {
    const packages = missing.map(name => MISSING[name]).join(' ');
    console.log(
      `The suite edge is left out: it needs ${missing.join(' and ')}. On Debian: apt-get install ${packages}`,
    );
    return [];
  }
  const minutes = soakMinutes(process.env['SOAK_MINUTES']);
  return withCallee(async target => [
    ...(await besidePeers(target)),
    ...(await fromTable(target)),
    ...(await soak(target, minutes)),
  ]);
};

const LONGEST_SOAK_MINUTES = 24 * 60;

/** None: a few rounds, as for every change. @throws RangeError */
function soakMinutes(text = '0'): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes >= 0 && minutes <= LONGEST_SOAK_MINUTES) return minutes;
  throw new RangeError(
    `SOAK_MINUTES is "${text}". Give the minutes of the edge’s soak, from 0 to ${LONGEST_SOAK_MINUTES}.`,
  );
}
