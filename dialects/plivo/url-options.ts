/**
 * What a URL's fragment asks for: `#ct=2000&rt=5000&tt=15000&rc=2&rp=ct,rt&er=nearest` (Plivo, "Callback configuration"). The times
 * are taken as far as a call can wait; nothing is asked twice, and from everywhere alike.
 */

/** The longest that a request to a customer's server may take, in milliseconds. */
const LONGEST_MS = 15_000;
const TIMES = ['ct', 'rt', 'tt'];
const WITHOUT_EFFECT = ['rc', 'rp', 'er'];

/** The URL with a fragment that says no more than its time limits; any other fragment is left as it is. */
export function withTimeLimits(url: string): string {
  const mark = url.indexOf('#');
  if (mark === -1 || !url.includes('=', mark)) return url;
  const pairs = url
    .slice(mark + 1)
    .split('&')
    .filter(pair => !WITHOUT_EFFECT.includes(pair.split('=')[0] ?? ''))
    .map(limited);
  return pairs.length === 0 ? url.slice(0, mark) : `${url.slice(0, mark)}#${pairs.join('&')}`;
}

function limited(pair: string): string {
  const [name = '', value = ''] = pair.split('=');
  const isLonger = TIMES.includes(name) && /^\d{1,5}$/.test(value) && Number(value) > LONGEST_MS;
  return isLonger ? `${name}=${LONGEST_MS}` : pair;
}
