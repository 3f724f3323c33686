import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening } from '../support/ports.ts';
import { inFolder, Program } from '../support/program.ts';
import { type Step, scenario } from './scenario.ts';

export type SippTransport = 'UDP' | 'TCP' | 'TLS';

export interface SippRun {
  readonly steps: readonly Step[];
  /** As Via says it; SIPp of Debian has no TLS, and speaks TCP to a relay that has. */
  readonly transport: SippTransport;
  /** How many calls, one after the other; 1 unless told. */
  readonly calls?: number;
  /** Where others reach it, if not where it listens. */
  readonly contactPort?: number | undefined;
  readonly options?: readonly string[];
}

/** SIPp at work. */
export interface Sipp {
  readonly port: number;
  /** Settles when every call has gone as the scenario says. @throws with SIPp's own log where one has not */
  readonly done: Promise<void>;
  /** Every message that it has sent and received. */
  messages(): string;
}

/** Starts SIPp; as the caller where `peer` says whom to call, else as the called. It is gone when `work` is done. */
export async function withSipp(
  { steps, transport, calls = 1, contactPort, options = [] }: SippRun,
  peer: string | undefined,
  work: (sipp: Sipp) => Promise<void>,
): Promise<void> {
  await inFolder(async folder => {
    const port = await freePort();
    const file = join(folder, 'scenario.xml');
    writeFileSync(file, scenario(steps, transport, contactPort ?? port));
    const program = new Program(
      'sipp',
      [
        ...(peer === undefined ? [] : [peer]),
        ...['-sf', file, '-i', '127.0.0.1', '-p', String(port), '-t', transport === 'UDP' ? 'u1' : 't1'],
        ...['-m', String(calls), '-l', '1', '-r', '10', '-timeout', '12s', '-timeout_error', '-nostdin'],
        ...['-trace_err', '-trace_msg', '-au', 'joe', '-ap', 'schmo', ...options],
      ],
      folder,
    );
    const done = program.ended.then(code => {
      if (code !== 0) throw new Error(`SIPp ended with ${code}.\n${logs(folder)}`);
    });
    // Somebody awaits it below; until then it must not count as unhandled.
    done.catch(() => {});
    try {
      if (peer === undefined) await listening(transport === 'UDP' ? 'udp' : 'tcp', port);
      await work({ port, done, messages: () => logs(folder, '_messages.log') });
      await done;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${logs(folder)}`, { cause: error });
    } finally {
      await program.stop();
    }
  });
}

function logs(folder: string, ending = '.log'): string {
  return readdirSync(folder)
    .filter(name => name.endsWith(ending))
    .map(name => `--- ${name}\n${readFileSync(join(folder, name), 'utf8').slice(0, 20_000)}`)
    .join('\n');
}
