/** `node edge/main.ts`: the SIP edge until SIGTERM. docs/sip-edge.md lists its environment. */
import { errorFields } from './log.ts';
import { startEdgeProcess } from './process/edge-process.ts';
import { jsonLog } from './process/json-log.ts';
import { readSettings, SettingError } from './process/settings.ts';

function fail(error: unknown): never {
  if (error instanceof SettingError) console.error(error.message);
  else jsonLog('error')('error', 'The SIP edge has failed.', errorFields(error));
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
try {
  const edge = await startEdgeProcess(process.env, readSettings(process.env));
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Not by running out of work: sockets that peers keep open would hold it.
    edge.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
} catch (error) {
  fail(error);
}
