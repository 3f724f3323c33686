import { parseArgs } from 'node:util';
import { OptionError, parseOption, type SmaOptions } from '../../sma/options.ts';
import { UserError } from './user-error.ts';

export interface CommandLine {
  /** File and export name of the handler. */
  handlerFile: string;
  handlerExport: string;
  /** Folder whose files stand for S3 keys, whatever the bucket. */
  audioFolder: string | undefined;
  options: Partial<SmaOptions>;
  /** 0 is any free port. */
  port: number;
}

export const USAGE = `Hosts a Lambda handler for SIP media applications on this machine.

  npm run sma -- --handler ./file.mjs[#exportName] [--audio ./folder] [--option name=value]…

  --handler  the file that exports the handler; the export is called "handler" unless # names another
  --audio    PlayAudio finds S3 keys as files in this folder
  --option   sets an option of the runtime (docs/sma-runtime.md); may be repeated

DIALPLANE_PORT is the port (8080; 0 is any free one).`;

const DEFAULT_EXPORT = 'handler';
const DEFAULT_PORT = 8080;

/** Reads the arguments; undefined when help was asked for. Throws `UserError`. */
export function readCommandLine(
  args: readonly string[],
  environment: Record<string, string | undefined>,
): CommandLine | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  if (values.handler === undefined) {
    throw new UserError('Say which handler to host: npm run sma -- --handler ./file.mjs');
  }
  const [handlerFile = '', handlerExport = DEFAULT_EXPORT] = values.handler.split('#');
  return {
    handlerFile,
    handlerExport,
    audioFolder: values.audio,
    options: readOptions(values.option ?? []),
    port: readPort(environment['DIALPLANE_PORT']),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        handler: { type: 'string' },
        audio: { type: 'string' },
        option: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (cause) {
    throw new UserError(`${(cause as Error).message.split('. ')[0]}. See npm run sma -- --help.`, { cause });
  }
}

function readOptions(texts: readonly string[]): Partial<SmaOptions> {
  try {
    return Object.assign({}, ...texts.map(parseOption));
  } catch (cause) {
    if (cause instanceof OptionError) throw new UserError(cause.message, { cause });
    throw cause;
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UserError(
    `DIALPLANE_PORT is a port from 0 to 65535, and is "${text}": set it to 8080, say, or 0 for any.`,
  );
}
