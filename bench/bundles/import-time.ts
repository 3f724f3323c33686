import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Variables without which a function does not start: any value will do, since nothing is asked of it. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(
    `TABLE_NAME BUS_NAME KEY_ID OUTBOUND_QUEUE_URL CALLBACK_QUEUE_URL CALLBACK_DEAD_LETTER_QUEUE_URL TIMER_QUEUE_URL
     FETCH_FUNCTION_NAME AUDIO_BUCKET_NAME SIP_MEDIA_APPLICATION_ID SECRET_ID`
      .split(/\s+/)
      .map(name => [name, 'https://bench.invalid/bench']),
  ),
};

const SCRIPT = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
process.exit();
`;

/**
 * The processor time that a new process needs to import a module, in milliseconds. It is what a function waits for, since
 * Lambda gives it a share of a processor, and says the same on a busy machine, where the clock on the wall does not.
 */
export async function importMs(file: string): Promise<number> {
  const args = ['--input-type=module', '--eval', SCRIPT, pathToFileURL(file).href];
  const env = { PATH: process.env['PATH'], ...ENVIRONMENT };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return Number(stdout);
  } catch (error) {
    // The whole bundle is in the message: it is one line.
    const { stderr } = error as { stderr: string };
    throw new Error(`${file} could not be imported: ${/^\w*Error: .*$/m.exec(stderr)?.[0]}`);
  }
}
