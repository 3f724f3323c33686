/**
 * A Voice Connector: the service's door to SIP. Calls that the runtime places to it leave by its origination routes;
 * calls that come to its host name go to the application whose SIP rule names that, or else to the
 * phone of their number.
 */
import type { Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { bindRtpPair, DEFAULT_PORTS, type PortRange } from '../../rtp/ports.ts';
import { systemRandom as sipRandom } from '../../sip/random.ts';
import { createUserAgent, type IncomingInvitation, tcp, udp } from '../../sip/user-agent.ts';
import { type Clock, sipClock } from '../clock.ts';
import {
  type IncomingCall,
  type Line,
  type LineEvents,
  NO_LINE,
  type OutgoingCall,
  type PhoneNetwork,
} from '../network/phone-network.ts';
import { resolveOptions, type SmaOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { AudioPort } from '../rtp/audio-port.ts';
import { RtpSocket } from '../rtp/rtp-socket.ts';
import { ConnectorCall } from './connector-call.ts';
import { takeInvitation } from './incoming-line.ts';
import { networks } from './networks.ts';
import type { OriginationRoute } from './origination-route.ts';
import { OutgoingLine } from './outgoing-line.ts';
import type { Telephone } from './phone-call.ts';

export interface VoiceConnectorSettings {
  /** As CallAndBridge names it: `arn:aws:chime:<region>:<account>:vc/<id>`. */
  arn: string;
  /** The host of Request-URIs that it takes calls for. */
  hostName: string;
  /** Where it listens for SIP, by UDP and TCP; port 0 is any free one (then each has its own). RTP uses the address too. */
  listen: { address: string; port: number };
  /** Where it sends calls; see `setRoutes`. */
  routes: readonly OriginationRoute[];
  /** Who may call it, in CIDR notation. */
  terminationNetworks: readonly string[];
  /** Of SIP: time-outs and retransmissions. */
  clock: Clock;
  /** Of RTP, where that is another one: packets leave every 20 ms of it, for as long as a call lasts. */
  mediaClock?: Clock | undefined;
  random: Random;
  /** Takes calls from outside: `SmaRuntime.inbound`. */
  inbound: (call: IncomingCall, line: Line) => LineEvents | undefined;
  /** Where calls to numbers go that no SIP rule takes; nowhere when left out. */
  telephone?: Telephone | undefined;
  options?: Partial<SmaOptions> | undefined;
  /** Where RTP may be received; 5000 to 65000, as at the service. */
  rtpPorts?: PortRange | undefined;
  /** Told what goes wrong inside; without it such errors are the process's uncaught exceptions. */
  onError?: ((error: unknown) => void) | undefined;
}

export interface VoiceConnector {
  readonly arn: string;
  readonly hostName: string;
  /** Where it listens for SIP by UDP. */
  readonly local: { address: string; port: number };
  /** Places the calls to this connector; what is for somebody else ends with 404. */
  readonly network: PhoneNetwork;
  /** For calls from now on. */
  setRoutes(routes: readonly OriginationRoute[]): void;
  start(): Promise<void>;
  /** Says BYE to whoever is in a call, and stops. Leaves no socket. */
  close(): Promise<void>;
}

const NOT_FOUND = 404;
/** How long `close` waits for the answers to its BYEs, in real time, and how often it looks. */
const GOODBYE_MS = 500;
const GOODBYE_LOOK_MS = 5;

/** Throws `RangeError` for a termination network that is none, and `OptionError` for an option that does not exist. */
export function createVoiceConnector(settings: VoiceConnectorSettings): VoiceConnector {
  const { arn, hostName, listen, clock, random, mediaClock = clock, rtpPorts = DEFAULT_PORTS } = settings;
  const options = resolveOptions(settings.options);
  const mayCall = networks(settings.terminationNetworks);
  const calls = new Set<ConnectorCall>();
  let { routes } = settings;

  const agent = createUserAgent({
    transports: [udp(listen), tcp(listen)],
    clock: sipClock(clock),
    // Tags and branches must not be guessed, nor repeat those of a former run with the same seed.
    random: sipRandom,
    name: 'Dialplane-VoiceConnector',
    onError: settings.onError,
  });
  const [listener] = agent.transport.transports;
  const local = () => ({ address: listen.address, port: listener?.local.port ?? listen.port });

  const openAudio = async (onDigit: (digit: string) => void): Promise<AudioPort> => {
    const { rtp, rtcp } = await bindRtpPair(listen.address, rtpPorts, random);
    const socketOf = (bound: Socket) => new RtpSocket(bound, () => mediaClock.now());
    return new AudioPort({
      socket: socketOf(rtp),
      rtcp: socketOf(rtcp),
      clock: mediaClock,
      random,
      onDigit,
    });
  };
  const begin = (events?: LineEvents): ConnectorCall => {
    const call = new ConnectorCall({ address: listen.address, random, openAudio });
    call.events = events;
    calls.add(call);
    call.onOver = () => calls.delete(call);
    return call;
  };

  const dial = (call: OutgoingCall, events: LineEvents): Line => {
    if (call.to.kind !== 'voice-connector' || call.to.arn !== arn) {
      clock.after(0, () => events.ended(NOT_FOUND));
      return NO_LINE;
    }
    const { user } = call.to;
    const around = { agent, arn, local: local(), routes, clock, random, options, report: agent.core.report };
    return new OutgoingLine(around, begin(events), { ...call, user });
  };

  agent.onInvite = (invitation: IncomingInvitation) =>
    takeInvitation(
      {
        hostName,
        mayCall,
        inbound: settings.inbound,
        telephone: settings.telephone,
        begin,
        report: agent.core.report,
      },
      invitation,
    );

  return {
    arn,
    hostName,
    get local() {
      return local();
    },
    network: { dial },
    setRoutes(given) {
      routes = given;
    },
    start: () => agent.start(),
    async close() {
      for (const call of [...calls]) call.end();
      const deadlineMs = performance.now() + GOODBYE_MS;
      while (agent.sessions.length > 0 && performance.now() < deadlineMs) await sleep(GOODBYE_LOOK_MS);
      await agent.close();
    },
  };
}
