/** `npm run sma -- --handler ./file.mjs`: a Lambda handler on the SMA runtime, with phones to call and a ladder to read. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { systemClock } from '../sma/clock.ts';
import { ACCOUNT_NUMBERS, HANDSETS } from '../sma/network/handset-script.ts';
import { createHandsets, type Handsets } from '../sma/network/handsets.ts';
import { resolveOptions } from '../sma/options.ts';
import { createSmaRuntime, type SmaRuntime } from '../sma/runtime.ts';
import { audioFolder } from './sma-tool/audio-folder.ts';
import { type CommandLine, readCommandLine, USAGE } from './sma-tool/command-line.ts';
import { ladderLine } from './sma-tool/ladder.ts';
import { invokeHandler, loadHandler } from './sma-tool/lambda-handler.ts';
import { createToolServer, listen } from './sma-tool/server.ts';
import { Timeline } from './sma-tool/timeline.ts';
import { UserError } from './sma-tool/user-error.ts';

const AWS_ACCOUNT_ID = '111122223333';
const DEFAULT_REGION = 'us-east-1';

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2), process.env);
  if (command === undefined) console.log(USAGE);
  else await host(command);
}

async function host(command: CommandLine): Promise<void> {
  const { handlerFile, handlerExport, options } = command;
  const region = process.env['AWS_REGION'] ?? DEFAULT_REGION;
  const sipMediaApplicationId = idFor(`${resolve(handlerFile)}#${handlerExport}`);
  const timeline = new Timeline();
  const handsets: Handsets = createHandsets({
    clock: systemClock,
    inbound: (call, line) => runtime.inbound(call, line),
  });
  const runtime: SmaRuntime = createSmaRuntime({
    clock: systemClock,
    random: Math.random,
    network: handsets.network,
    audio: await audioFolder(command.audioFolder),
    awsAccountId: AWS_ACCOUNT_ID,
    region,
    options,
    onTrace: entry => {
      timeline.add(entry);
      const line = ladderLine(entry);
      if (line !== undefined) console.log(line);
    },
  });

  let apiUrl = '';
  const server = createToolServer({
    runtime,
    handsets,
    timeline,
    info: () => ({
      apiUrl,
      sipMediaApplicationId,
      handler: `${handlerFile}#${handlerExport}`,
      awsAccountId: AWS_ACCOUNT_ID,
      region,
      numbers: ACCOUNT_NUMBERS,
      handsets: Object.keys(HANDSETS),
      options: resolveOptions(options),
    }),
  });
  apiUrl = `http://127.0.0.1:${await listen(server, command.port)}`;
  const end = (): void => {
    runtime.close();
    server.close();
    server.closeAllConnections();
  };

  pointSdkTo(apiUrl, region);
  try {
    const handler = await loadHandler(handlerFile, handlerExport);
    runtime.addApplication({
      sipMediaApplicationId,
      invoke: event => invokeHandler(handler, event),
      numbers: ACCOUNT_NUMBERS,
    });
  } catch (error) {
    end();
    throw error;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      end();
      // The handler may have timers and sockets of its own, which are nobody's to close.
      process.exit(0);
    });
  }
  console.log(greeting(apiUrl, sipMediaApplicationId));
}

/** A handler that calls the service itself reaches this runtime, without any change to it. */
function pointSdkTo(apiUrl: string, region: string): void {
  process.env['AWS_ENDPOINT_URL_CHIME_SDK_VOICE'] = apiUrl;
  process.env['AWS_REGION'] = region;
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
}

/** The same handler has the same id each time, so that commands can be used again. */
function idFor(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function greeting(apiUrl: string, sipMediaApplicationId: string): string {
  const [from = ''] = ACCOUNT_NUMBERS;
  const [to = ''] = Object.keys(HANDSETS);
  return `
SIP media application  ${sipMediaApplicationId}
chime-sdk-voice API    ${apiUrl}
Handsets, timeline     ${apiUrl}/_local/handsets   ${apiUrl}/_local/timeline

Let the application call a phone:
  curl -s ${apiUrl}/sip-media-applications/${sipMediaApplicationId}/calls \\
    -d '{"FromPhoneNumber":"${from}","ToPhoneNumber":"${to}"}'
or with the AWS CLI and SDKs, given AWS_ENDPOINT_URL_CHIME_SDK_VOICE=${apiUrl}:
  aws chime-sdk-voice create-sip-media-application-call --sip-media-application-id ${sipMediaApplicationId} \\
    --from-phone-number ${from} --to-phone-number ${to} --region us-east-1
Let a phone call the application:
  curl -s ${apiUrl}/_local/handsets/${to.slice(1)}/dial -d '{"to":"${from}"}'

Dialplane's SMA runtime is ready. Ctrl-C ends it.
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
