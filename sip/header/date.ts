import { HeaderType } from './type.ts';

const days = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const sipDate = new RegExp(`(?:${days}), \\d\\d (?:${months}) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT`, 'y');

/** Date, always in GMT (RFC 3261 §20.17); `date.toUTCString()` writes it. */
export const DATE = new HeaderType('Date', scanner => {
  sipDate.lastIndex = scanner.position;
  const [text] =
    sipDate.exec(scanner.text) ?? scanner.fail('Expected a date as in "Sat, 13 Nov 2010 23:29:00 GMT"');
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.toUTCString().slice(5) !== text.slice(5)) {
    scanner.fail('There is no such date');
  }
  scanner.position += text.length;
  return date;
});
