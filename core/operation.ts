/** What the API can do, in no dialect's words: each dialect's routes decode into these and encode their results. */
import type { Application, VoiceSettings } from './application.ts';
import type { Aside } from './aside.ts';
import type {
  Call,
  CallbackEvent,
  CallStatus,
  Outcome,
  Parameters,
  StatusCallback,
  WebTarget,
} from './call.ts';
import type { Client } from './client.ts';
import type { Notification } from './document.ts';
import type { SipSettings } from './leg-end.ts';
import type { Route, RouteSettings } from './route.ts';
import type { Entry, WrittenEntry } from './session.ts';
import type { Trunk, TrunkSettings } from './trunk.ts';
import type { LaidOutVerb } from './verb.ts';

export interface PlaceCall {
  /** A number, a SIP address or `client:name`: a number follows the account's routes. */
  to: string;
  /** Of the telephone network: the account's own, in E.164 form; without it the account's first number. */
  from?: string;
  sipSettings?: AskedOfSip;
  entry: WrittenEntry | { join: SecondLeg } | ChosenApplication;
  callback?: StatusCallback;
  /** What every request about the call says besides the usual. */
  parameters?: Parameters;
  /** Shown beside `from` where the call goes over SIP. */
  callerName?: string;
  ringTimeoutSeconds?: number;
  /** It is hung up that long after it has begun to ring. */
  hangUpAfterRingingSeconds?: number;
  timeLimitSeconds?: number;
  /** How the sender calls `to` and `from`, for what is wrong with them. */
  fields: { to: string; from: string };
  /** Further caller ids that the call will show: they have to be the account's own, too. */
  callerIds?: CallerId[];
  /** What the dialect calls such a request; whoever reads the request is told. */
  requestKind?: string;
  /** By which the request itself is known. It makes no other request of one that is repeated with its Idempotency-Key. */
  requestId?: string;
  /** Where it cannot go to whom it names, it alone fails at once; without this, it is refused with all others of its request. */
  failsAlone?: true;
}

/** The application says what the call does and whom its status callbacks go to; the call is of the application's dialect. */
export interface ChosenApplication {
  applicationSid: string;
  /** Carried out before the verbs of its document. */
  first?: LaidOutVerb[];
}

/** A request that placed calls. */
export interface PlacedRequest {
  /** Of its first call, which names it. */
  callSid: string;
  requestKind?: string;
  families: CallFamily[];
}

/** What became of one call of a request: the call itself first, then those that it dialled. */
export interface CallFamily {
  calls: Call[];
  notifications: Notification[];
  /** What was pressed in it, by the names under which Gathers keep it. */
  pressed?: Record<string, string>;
}

/** A number that a call will show: it has to be the account's own. */
export interface CallerId {
  number: string;
  /** How the sender calls it. */
  field: string;
}

/** What a leg asks for that only SIP can carry, and what its sender calls that. */
export interface AskedOfSip extends SipSettings {
  /** The leg, as in `leg_B`; empty where the request has one leg only. */
  leg: string;
  /** Those that ask for something: a leg over the telephone network is refused because of them. */
  attributes: string[];
}

/** Whom a call is joined with once it is answered. */
export interface SecondLeg {
  to: string;
  from?: string;
  fields: { to: string; from: string };
  sipSettings: AskedOfSip;
  callback?: StatusCallback;
  timeoutSeconds: number;
  timeLimitSeconds: number;
}

export interface CallFilter {
  to?: string;
  from?: string;
  parentSid?: string;
  statuses?: CallStatus[];
  startedAfterMs?: number;
  startedBeforeMs?: number;
  endedAfterMs?: number;
  endedBeforeMs?: number;
}

export interface ListCalls {
  filter: CallFilter;
  pageSize: number;
  pageToken?: string;
}

export interface PageCalls {
  filter: CallFilter;
  /** What else the dialect wants a call to be. */
  also?: (call: Call) => boolean;
  offset: number;
  limit: number;
}

export type CallChange =
  /**
   * A call in progress can be completed, but not canceled: unless it is to be hung up whatever its state, or a cancellation that
   * comes too late is to change nothing.
   */
  | { hangUp: Extract<Outcome, 'completed' | 'canceled'>; inAnyState?: true; tooLate?: 'ignore' }
  | Redirection
  /** For one of two who talk, beside their talk. */
  | { aside: Aside }
  | { callback: StatusCallback }
  /** Whoever it talks with hears it no more, or hears it again. */
  | { mute: boolean };

/** Where a call goes, and whoever it talks with. A caller who is not named goes on after its Dial; a callee has nothing to go on with, and is hung up. */
export interface Redirection {
  redirect?: WrittenEntry;
  connected?: WrittenEntry | 'hung-up';
  /** A caller who waits to be answered goes there, too: to its dialect, that is a call in progress. */
  evenUnanswered?: true;
  /** Those that its verbs will show. */
  callerIds?: CallerId[];
}

/** A change on its way to the call, whose next event finds it. */
export type LeftChange =
  | { hangUp: Outcome }
  /** Whoever it talks with is hung up, unless the SIP edge takes that one out of the bridge: `isParting`. */
  | { redirect: Entry; isParting?: true }
  | { aside: Aside };

export interface PhoneNumber extends VoiceSettings {
  sid: string;
  /** E.164. */
  number: string;
  accountSid: string;
  friendlyName: string;
  createdAtMs: number;
  updatedAtMs: number;
}

/** What is left out stays as it is, a target's URL and method each by itself; null takes it away. */
export interface VoiceChange {
  voice?: Partial<WebTarget> | null;
  voiceFallback?: Partial<WebTarget> | null;
  statusCallback?: Partial<WebTarget> | null;
  refer?: Partial<WebTarget> | null;
  /** What the dialect that asks for the change has its status callbacks told; without them how the call ended. */
  callbackEvents?: CallbackEvent[];
}

/** As above, for somebody whose calls an application may take over. */
export interface OwnerChange extends VoiceChange {
  friendlyName?: string;
  applicationSid?: string | null;
}

export type NumberChange = OwnerChange;

export interface ApplicationChange extends VoiceChange {
  friendlyName?: string;
  delayAnswer?: boolean;
}

/** One try of a status callback. */
export interface CallbackAttempt {
  atMs: number;
  durationMs: number;
  /** HTTP status; absent when no answer came. */
  status?: number;
  error?: string;
}

/** A status callback and all that was tried for it. */
export interface Delivery {
  eventId: string;
  callSid: string;
  request: { method: string; url: string; parameters: Record<string, unknown> };
  state: 'pending' | 'delivered' | 'failed';
  attempts: CallbackAttempt[];
}

/** A trunk as its account describes it. Credentials without a password keep the one that the same user name has. */
export interface TrunkRequest extends TrunkSettings {
  name: string;
  credentials?: { username: string; password?: string };
}

/** Which client: `name` may also be its SID (`clientSid`), where its dialect has one. */
export interface ClientName {
  name: string;
}

/** A client as its account describes it. */
export interface ClientRequest extends OwnerChange {
  name: string;
  password: string;
}

/** Without a password it keeps the one that it has. */
export interface ClientChange extends OwnerChange {
  name: string;
  password?: string;
}

interface TrunkOperations {
  listTrunks: { input: Record<string, never>; result: { trunks: Trunk[] } };
  readTrunk: { input: { name: string }; result: { trunk: Trunk } };
  createTrunk: { input: TrunkRequest; result: { trunk: Trunk } };
  replaceTrunk: { input: TrunkRequest; result: { trunk: Trunk } };
  deleteTrunk: { input: { name: string }; result: undefined };
}

interface RouteOperations {
  listRoutes: { input: Record<string, never>; result: { routes: Route[] } };
  readRoute: { input: { id: string }; result: { route: Route } };
  createRoute: { input: RouteSettings; result: { route: Route } };
  replaceRoute: { input: { id: string; settings: RouteSettings }; result: { route: Route } };
  deleteRoute: { input: { id: string }; result: undefined };
}

interface ClientOperations {
  listClients: { input: Record<string, never>; result: { clients: Client[] } };
  readClient: { input: ClientName; result: { client: Client } };
  createClient: { input: ClientRequest; result: { client: Client } };
  changeClient: { input: ClientChange; result: { client: Client } };
  deleteClient: { input: ClientName; result: undefined };
}

interface ApplicationOperations {
  listApplications: { input: { friendlyName?: string }; result: { applications: Application[] } };
  readApplication: { input: { sid: string }; result: { application: Application } };
  createApplication: {
    input: ApplicationChange & { friendlyName: string };
    result: { application: Application };
  };
  /** From then on it belongs to the dialect that it was changed in. */
  changeApplication: {
    input: { sid: string; change: ApplicationChange };
    result: { application: Application };
  };
  /** Numbers and clients that had chosen it follow their own settings again. */
  deleteApplication: { input: { sid: string }; result: undefined };
}

/** Every operation: what goes in, what comes out. */
export interface Operations
  extends TrunkOperations,
    RouteOperations,
    ClientOperations,
    ApplicationOperations {
  placeCall: { input: PlaceCall; result: { call: Call; replayed: boolean } };
  /** Several calls by one request, in their order; the first call's SID names the request. All or none is refused, but for those that fail alone. */
  placeCalls: { input: { calls: PlaceCall[] }; result: { calls: Call[]; replayed: boolean } };
  /** Every call that the request placed of which this was the first. */
  readRequest: { input: { callSid: string }; result: PlacedRequest };
  readCall: { input: { callSid: string }; result: { call: Call; calls: Call[] } };
  listCalls: { input: ListCalls; result: { calls: Call[]; nextPageToken?: string } };
  /** Counted, so that a page can be found by its number. */
  pageCalls: { input: PageCalls; result: { calls: Call[]; total: number } };
  modifyCall: { input: { callSid: string; changes: CallChange[] }; result: { call: Call } };
  deleteCall: { input: { callSid: string }; result: undefined };
  listNumbers: { input: { number?: string; friendlyName?: string }; result: { numbers: PhoneNumber[] } };
  /** `numberSid` may also be the number itself, here and below. */
  readNumber: { input: { numberSid: string }; result: { number: PhoneNumber } };
  modifyNumber: { input: { numberSid: string; change: NumberChange }; result: { number: PhoneNumber } };
  listDeliveries: { input: { callSid: string }; result: { deliveries: Delivery[] } };
  listNotifications: { input: { callSid: string }; result: { notifications: Notification[] } };
}

export type OperationName = keyof Operations;
