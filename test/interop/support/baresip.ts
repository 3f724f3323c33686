import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SippTransport } from '../sipp/run.ts';
import type { Certificate } from './certificate.ts';
import { freePort, listening } from './ports.ts';
import { inFolder, Program } from './program.ts';

const modules = ['stdio.so', 'g711.so', 'aubridge.so'];
const applications = ['account.so', 'menu.so'];

/** A baresip that answers every call by itself; it hears and plays to nobody. */
export interface Baresip {
  readonly port: number;
  readonly program: Program;
}

interface BaresipOptions {
  readonly transport: SippTransport;
  /** Where it listens, and by TLS at the port after it; any when not given. */
  readonly port?: number;
  readonly certificate: Certificate;
  /** Its account, where that is more than an address on this machine. */
  readonly account?: string;
  /** What to type at it. */
  readonly commands?: readonly string[];
  /** Quit, and so hang up, after so many seconds. */
  readonly seconds?: number;
  /** Further lines of its configuration. */
  readonly configuration?: readonly string[];
}

/** Runs baresip while `work` runs. */
export async function withBaresip<T>(
  options: BaresipOptions,
  work: (baresip: Baresip) => Promise<T>,
): Promise<T> {
  const { transport, certificate, account, commands = [], seconds = 15, configuration = [] } = options;
  return inFolder(async folder => {
    // It listens for TLS on the port after that for UDP and TCP.
    const listen = options.port ?? (await freePort(2));
    const port = transport === 'TLS' ? listen + 1 : listen;
    const config = [
      `sip_listen 127.0.0.1:${listen}`,
      `sip_certificate ${certificate.certificateFile}.both`,
      'sip_verify_server no',
      'module_path /usr/lib/baresip/modules',
      'audio_source aubridge,nobody',
      'audio_player aubridge,nobody',
      'audio_alert aubridge,nobody',
      'rtp_ports 41000-41100',
      ...configuration,
      ...modules.map(name => `module ${name}`),
      ...applications.map(name => `module_app ${name}`),
    ];
    writeFileSync(`${certificate.certificateFile}.both`, certificate.key + certificate.certificate);
    writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
    const own = `<sip:bare@127.0.0.1:${port};transport=${transport.toLowerCase()}>;regint=0;answermode=auto\n`;
    writeFileSync(join(folder, 'accounts'), account === undefined ? own : `${account}\n`);
    writeFileSync(join(folder, 'contacts'), '');
    const typed = commands.flatMap(command => ['-e', command]);
    const program = new Program('baresip', ['-f', folder, '-t', String(seconds), ...typed], folder);
    try {
      await listening(transport === 'UDP' ? 'udp' : 'tcp', port);
      return await work({ port, program });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n--- baresip\n${program.output}`, { cause: error });
    } finally {
      await program.stop();
    }
  });
}
