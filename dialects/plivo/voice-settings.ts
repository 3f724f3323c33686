/** Applications and endpoints: what becomes of a call that comes in. All throw Problem. */
import type * as z from 'zod';
import type { Application } from '../../core/application.ts';
import type { HttpMethod } from '../../core/call.ts';
import { type Client, passwordMark } from '../../core/client.ts';
import type { ApplicationChange, ClientChange, ClientRequest } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import { parseSid, toUuid } from '../../core/sid.ts';
import type { ApiRequest } from '../dialect.ts';
import { bodyParameters, changedTarget, read } from '../parameters.ts';
import { shown } from '../text.ts';
import { endpointUri } from './addresses.ts';
import type { application as applicationAnswer, endpoint } from './answers.ts';
import { changeApplication, changeEndpoint, createApplication, createEndpoint } from './contracts.ts';

interface VoiceParameters {
  answer_url?: string | undefined;
  answer_method?: HttpMethod | undefined;
  hangup_url?: string | undefined;
  hangup_method?: HttpMethod | undefined;
  fallback_answer_url?: string | undefined;
  fallback_method?: HttpMethod | undefined;
}

export function decodeNewApplication(request: ApiRequest): ApplicationChange & { friendlyName: string } {
  const asked = read(bodyParameters(request), createApplication);
  const change = voiceOf(asked);
  // Without one of its own, the end is told where the documents come from.
  const statusCallback = change.statusCallback ?? change.voice;
  return { friendlyName: asked.app_name, ...change, ...(statusCallback && { statusCallback }) };
}

export function decodeApplicationChange(request: ApiRequest): ApplicationChange {
  const asked = read(bodyParameters(request), changeApplication);
  return { ...(asked.app_name !== undefined && { friendlyName: asked.app_name }), ...voiceOf(asked) };
}

function voiceOf(asked: VoiceParameters): ApplicationChange {
  const targets = {
    voice: changedTarget(asked.answer_url, asked.answer_method),
    statusCallback: changedTarget(asked.hangup_url, asked.hangup_method),
    voiceFallback: changedTarget(asked.fallback_answer_url, asked.fallback_method),
  };
  return Object.fromEntries(Object.entries(targets).filter(([, target]) => target !== undefined));
}

export function applicationInPath({ params }: ApiRequest): string {
  return applicationSid(params['appId'] ?? '', 'unknown-resource');
}

function applicationSid(text: string, kind: 'unknown-resource' | 'invalid-parameter'): string {
  const sid = parseSid('AP', text);
  if (sid !== undefined) return sid;
  throw new Problem(kind, `There is no application ${shown(text)}: give the app_id that it was made with.`, {
    field: 'app_id',
  });
}

export function applicationResource(
  application: Application,
  request: ApiRequest,
): z.input<typeof applicationAnswer> {
  const { sid, friendlyName, voice, voiceFallback, statusCallback } = application;
  const id = toUuid(sid);
  return {
    app_id: id,
    app_name: friendlyName,
    application_type: 'XML',
    answer_url: voice?.url ?? '',
    answer_method: voice?.method ?? 'POST',
    hangup_url: statusCallback?.url ?? '',
    hangup_method: statusCallback?.method ?? 'POST',
    fallback_answer_url: voiceFallback?.url ?? '',
    fallback_method: voiceFallback?.method ?? 'POST',
    message_url: '',
    message_method: 'POST',
    default_app: false,
    default_endpoint_app: false,
    enabled: true,
    public_uri: false,
    log_incoming_messages: false,
    sub_account: null,
    sip_uri: null,
    resource_uri: `/v1/Account/${request.params['accountSid']}/Application/${id}/`,
  };
}

export function decodeNewEndpoint(request: ApiRequest): ClientRequest {
  const { username, password, alias, app_id } = read(bodyParameters(request), createEndpoint);
  return { name: username, password, friendlyName: alias, ...chosen(app_id) };
}

export function decodeEndpointChange(request: ApiRequest): ClientChange {
  const { password, alias, app_id } = read(bodyParameters(request), changeEndpoint);
  return {
    name: endpointInPath(request),
    ...(password !== undefined && { password }),
    ...(alias !== undefined && { friendlyName: alias }),
    ...chosen(app_id),
  };
}

/** An empty `app_id` leaves the endpoint without an application. */
export function chosen(appId: string | undefined): { applicationSid?: string | null } {
  if (appId === undefined) return {};
  return { applicationSid: appId === '' ? null : applicationSid(appId, 'invalid-parameter') };
}

/** An endpoint's identifier is its user name. */
export const endpointInPath = ({ params }: ApiRequest): string => params['endpointId'] ?? '';

export function endpointResource(client: Client, request: ApiRequest): z.input<typeof endpoint> {
  const { name, friendlyName, applicationSid } = client;
  const account = `/v1/Account/${request.params['accountSid']}`;
  return {
    endpoint_id: name,
    username: name,
    alias: friendlyName ?? name,
    application: applicationSid === undefined ? null : `${account}/Application/${toUuid(applicationSid)}/`,
    app_id: applicationSid === undefined ? null : toUuid(applicationSid),
    // As the platform shows a digest of it: whether it has changed can be told, and nothing else.
    password: passwordMark(client),
    sip_uri: endpointUri(name),
    resource_uri: `${account}/Endpoint/${name}/`,
  };
}
