/** `npm start`: the whole platform on this machine, until Ctrl-C. */
import type { Platform, PlatformInfo } from './platform.ts';
import { readSettings, SettingError, type Settings } from './settings.ts';

const WANTED_NODE = 24;

async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < WANTED_NODE) {
    throw new SettingError(
      `Dialplane needs Node ${WANTED_NODE} and this is ${process.versions.node}: start it by npm start, which brings its own.`,
    );
  }
  const settings = readSettings(process.env);
  // Only now: a mistake above is told at once, and by whatever Node there is.
  const { createPlatform } = await import('./platform.ts');
  const { callLogLine } = await import('./call-log.ts');
  const platform = await createPlatform({
    apiPort: settings.port,
    sipPort: settings.sipPort,
    ...(settings.accountSid && { accountSid: settings.accountSid }),
    ...(settings.authToken && { authToken: settings.authToken }),
  }).catch(error => {
    throw portError(error, settings);
  });
  endOnSignal(platform);
  platform.timelines.subscribe((callSid, entry) => {
    const line = callLogLine(callSid, entry);
    if (line !== undefined) console.log(line);
  });
  console.log(welcome(platform.info));
}

function welcome({ apiUrl, accountSid, authToken, numbers }: PlatformInfo): string {
  const [from] = numbers;
  const legs = { leg_A: { to: '+12025550100', from }, leg_B: { to: '+12025550107', from } };
  return `Dialplane is ready at ${apiUrl}

  Account SID  ${accountSid}
  Auth token   ${authToken}

Make two virtual phones ring, and connect them:

  curl -u ${accountSid}:${authToken} ${apiUrl}/voice/call/callback \\
    -H 'content-type: application/json' \\
    -d '${JSON.stringify(legs)}'

See what happened: ${apiUrl}/_local/calls
Ctrl-C ends it.
`;
}

/** npm passes Ctrl-C on to a process that the terminal has sent it to already: what comes this soon is the same one. */
const SAME_SIGNAL_MS = 300;

/** The first signal ends it in order, a second one at once. */
function endOnSignal(platform: Platform): void {
  let endingSince: number | undefined;
  const end = () => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    endingSince = performance.now();
    platform.close().then(
      () => process.exit(0),
      error => {
        console.error(`Dialplane did not end in order: ${error}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function portError(error: NodeJS.ErrnoException, { port }: Settings): Error {
  if (error.name === 'SipPortTaken') return new SettingError(error.message);
  if (error.code === 'EADDRINUSE') {
    return new SettingError(
      `Port ${port} is taken: stop what listens there, or set DIALPLANE_PORT to another port (0 takes any that is free).`,
    );
  }
  if (error.code === 'EACCES') {
    return new SettingError(`Port ${port} is not allowed: set DIALPLANE_PORT to a port above 1023.`);
  }
  return error;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SettingError ? error.message : `Dialplane could not start: ${error}`);
  process.exitCode = 1;
}
