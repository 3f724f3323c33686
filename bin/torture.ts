import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expected, judge } from './torture/judge.ts';

/**
 * Gives every message of a corpus to the SIP stack and compares the verdict with the corpus's MANIFEST.tsv
 * (file, section of RFC 4475, expected verdict). One line a message; exit code 1 if any differs.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: npm run torture -- <folder with MANIFEST.tsv and the messages that it names>');
  process.exit(2);
}

const rows = readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#') && !line.startsWith('file\t'))
  .map(line => line.split('\t') as [file: string, section: string, expected: Expected]);

let differing = 0;
for (const [file, section, expected] of rows) {
  const { verdict, detail } = await judge(readFileSync(join(folder, file)), section, expected);
  const agrees = verdict === expected;
  if (!agrees) differing += 1;
  const mark = agrees ? 'ok  ' : 'FAIL';
  console.log(
    `${mark} ${file.padEnd(15)} ${section.padEnd(9)} ${verdict.padEnd(7)}${agrees ? '' : ` (expected ${expected})`} ${detail}`,
  );
}
console.log(`${rows.length - differing} of ${rows.length} messages got the verdict of their section.`);
if (differing > 0 || rows.length === 0) process.exit(1);
