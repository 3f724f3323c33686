/** `npm run example <name>`: runs one of the applications beside this file. */
const EXAMPLES: Readonly<Record<string, string>> = {
  datatechlabs: 'Two SIP phones are called back and joined, with a SIP UPDATE every two seconds',
  restcomm: 'Whoever is called hears who calls, and presses a key to take the call',
  plivo: 'Custom SIP headers reach the phones, and come back with every question about the call',
  signalwire: 'A call rings three SIP phones at once; their status callbacks are checked',
};

const [name = ''] = process.argv.slice(2);
if (Object.hasOwn(EXAMPLES, name)) await import(`./${name}.ts`);
else {
  const lines = Object.entries(EXAMPLES).map(([each, story]) => `  ${each.padEnd(14)}${story}`);
  console.error(`Say which example to run, such as: npm run example signalwire\n\n${lines.join('\n')}`);
  process.exitCode = 1;
}
