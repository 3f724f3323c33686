/** The SIP edge as it is deployed: one process, told by its environment, that ends in order on SIGTERM. */
import { createBus } from '../../aws/bus.ts';
import { createClientStore } from '../../aws/client-store.ts';
import type { Environment } from '../../aws/clients.ts';
import { createDialPlans } from '../../aws/dial-plans.ts';
import { createEdgeRoster } from '../../aws/edge-roster.ts';
import { createInboundDirectory } from '../../aws/inbound-directory.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { systemClock } from '../../core/clock.ts';
import { createAddressGuard } from '../../core/network/address-guard.ts';
import { systemClock as sipClock } from '../../sip/clock.ts';
import type { Transport } from '../../sip/transport/transport.ts';
import { tls, udpAndTcp } from '../../sip/user-agent.ts';
import { dynamoJournal } from '../dynamo-journal.ts';
import { createEdge } from '../edge.ts';
import { errorFields } from '../log.ts';
import { readCertificate } from './certificate.ts';
import { createConnectors, ownConnectors } from './connectors.ts';
import { FleetMember } from './fleet.ts';
import { serveHealth } from './health.ts';
import { callsMetric, jsonLog } from './json-log.ts';
import { isBeside, mediaOf } from './media.ts';
import { everyMinute } from './minutes.ts';
import { PollWatch } from './poll-watch.ts';
import { publicAddress } from './public-address.ts';
import { EVERYWHERE, type ProcessSettings } from './settings.ts';
import { takeCommands } from './take-commands.ts';

/** The user part that a Voice Connector takes from everybody. */
const MEETING_NUMBER = '+17035550122';

/** For those who lead calls here to hear that it stops. */
const TELL_MS = 2_000;

export interface EdgeProcess {
  /** Takes no new calls, waits for those that live, and stops. Resolves when the process may end. */
  stop(): Promise<void>;
}

/** Starts it; everything is open when it resolves. @throws SettingError, and whatever a listener throws */
export async function startEdgeProcess(env: Environment, settings: ProcessSettings): Promise<EdgeProcess> {
  const log = jsonLog(settings.logLevel);
  const now = () => systemClock.now();
  const table = createTable(env);
  const tokens = createTokens(env, systemClock);
  const { voiceConnectorHost, callerNumber, insidePort, healthPort } = settings;
  const world = [...sipListeners(settings, settings.sipPort), ...(await tlsListeners(settings))];
  const inside = insidePort === undefined ? undefined : sipListeners(settings, insidePort);
  const address = await ownAddress(settings);
  const plans = createDialPlans(table);
  const targets = createAddressGuard(settings.allowedNetworks);
  const edge = createEdge({
    name: settings.name,
    plans,
    clients: createClientStore(table, tokens),
    inbound: createInboundDirectory(table),
    bus: createBus(env),
    journal: dynamoJournal(table, settings.name, now),
    unseal: (sealed, accountSid) => tokens.decrypt(accountSid, Buffer.from(sealed.ciphertext, 'base64')),
    inside: inside ?? world,
    outside: inside && world,
    insideNetworks: settings.insideNetworks,
    media: mediaOf(settings, { address, targets, log }),
    targets,
    voiceConnector: voiceConnectorHost
      ? { uri: `sip:${MEETING_NUMBER}@${voiceConnectorHost}`, from: callerNumber }
      : undefined,
    telephoneHost: settings.telephoneConnectorHost,
    followRedirects: settings.followRedirects,
    ...(settings.maxCalls !== undefined && { limits: { dials: settings.maxCalls } }),
    log,
  });

  const polls = new PollWatch(now);
  let phase: 'starting' | 'open' | 'draining' = 'starting';
  const health =
    healthPort === undefined
      ? undefined
      : await serveHealth({ address: settings.listenAddress, port: healthPort }, () => {
          if (phase !== 'open') return phase;
          return polls.works ? 'ok' : 'no commands';
        });
  const fleet = new FleetMember({
    roster: createEdgeRoster(table),
    now,
    self: () => ({ name: settings.name, address, sipPort: world[0]?.local.port ?? 0, calls: edge.calls }),
    rest: settings.rest,
    tell: createConnectors(env, settings),
  });
  // The connectors take our calls before one can be made, and lead theirs here when somebody listens.
  await fleet.join();
  await edge.start();
  await fleet.open();
  const commands = takeCommands(env, edge, { name: settings.name, plans, polls, log });

  const unsaid = (error: unknown) =>
    log(
      'error',
      'The Voice Connectors and the other edges could not be told of this one.',
      errorFields(error),
    );
  let looking = Promise.resolve();
  const endMinutes = everyMinute(sipClock, minuteMs => {
    const { deployment, name, rest, logLevel } = settings;
    const { calls } = edge;
    const isIdle = rest && fleet.isResting && calls === 0;
    if (logLevel !== 'silent') console.log(callsMetric({ deployment, edge: name, calls, isIdle, minuteMs }));
    looking = fleet
      .look()
      .then(() => commands.rest(fleet.isResting))
      .catch(unsaid);
  });
  phase = 'open';
  log('info', 'The SIP edge listens.', {
    edge: settings.name,
    listeners: world.map(asText),
    ...(inside && { inside: inside.map(asText) }),
    ...(health && { health: health.port }),
  });

  return {
    async stop() {
      endMinutes();
      await soon(looking.then(() => fleet.close()).catch(unsaid));
      phase = 'draining';
      log('info', 'The SIP edge takes no new calls.', { calls: edge.calls });
      await commands.stop();
      await edge.stop({ drainMs: settings.drainSeconds * 1000, afterwards: settings.afterwards });
      await soon(fleet.leave().catch(unsaid));
      await health?.close();
      log('info', 'The SIP edge has stopped.', { calls: edge.calls });
    },
  };
}

/** Waits for it, but not for ever: nobody is to be kept from stopping. */
const soon = (told: Promise<void>) => Promise.race([told, systemClock.sleep(TELL_MS)]);

/** The address that our packets come from, where somebody has to be told it; undefined: the one that we listen at. */
async function ownAddress(settings: ProcessSettings): Promise<string | undefined> {
  const { mediaPorts, rtpengine, listenAddress } = settings;
  if (settings.publicAddress !== undefined) return settings.publicAddress;
  const hasMedia = mediaPorts !== undefined || (rtpengine !== undefined && isBeside(rtpengine));
  const isTold = ownConnectors(settings).length > 0 || (hasMedia && listenAddress === EVERYWHERE);
  return isTold ? await publicAddress(systemClock.sleep) : undefined;
}

const asText = ({ protocol, local }: Transport) => `${protocol} ${local.address}:${local.port}`;

function place({ listenAddress: address, advertisedAddress: host }: ProcessSettings) {
  return { address, ...(host !== undefined && { advertised: { host } }) };
}

const sipListeners = (settings: ProcessSettings, port: number): Transport[] =>
  udpAndTcp({ ...place(settings), port });

async function tlsListeners(settings: ProcessSettings): Promise<Transport[]> {
  const { certificate, tlsPort: port } = settings;
  return certificate ? [tls({ ...place(settings), port, ...(await readCertificate(certificate)) })] : [];
}
