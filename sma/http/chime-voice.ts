/** The part of the `chime-sdk-voice` HTTP API that runs calls; the AWS SDK and CLI talk to it by endpoint. */
import { randomUUID } from 'node:crypto';
import type { CreateCallRequest, UpdateCallRequest } from '../contract/api.ts';
import type { SmaRuntime } from '../runtime.ts';
import { ServiceError } from '../service-error.ts';
import {
  createRouteListener,
  RequestError,
  type RequestListener,
  type Route,
  type RouteAnswer,
} from './routes.ts';

/** Every path of the API that is served begins with this. */
export const CHIME_VOICE_PATH = '/sip-media-applications/';

/** Answers CreateSipMediaApplicationCall (201) and UpdateSipMediaApplicationCall (202). Signatures are not checked. */
export function createChimeVoiceListener(
  runtime: Pick<SmaRuntime, 'createCall' | 'updateCall'>,
): RequestListener {
  const routes: Route[] = [
    {
      method: 'POST',
      path: '/sip-media-applications/{sipMediaApplicationId}/calls',
      handle: ({ params, body }) => ({
        status: 201,
        body: runtime.createCall({
          ...asObject(body),
          SipMediaApplicationId: params['sipMediaApplicationId'] ?? '',
        } as CreateCallRequest),
      }),
    },
    {
      method: 'POST',
      path: '/sip-media-applications/{sipMediaApplicationId}/calls/{transactionId}',
      handle: ({ params, body }) => ({
        status: 202,
        body: runtime.updateCall({
          ...asObject(body),
          SipMediaApplicationId: params['sipMediaApplicationId'] ?? '',
          TransactionId: params['transactionId'] ?? '',
        } as UpdateCallRequest),
      }),
    },
  ];
  const served = routes.map(route => ({
    ...route,
    handle: async (request: Parameters<Route['handle']>[0]) => {
      const answer = await route.handle(request);
      return { ...answer, headers: { 'x-amzn-requestid': randomUUID() } };
    },
  }));
  return createRouteListener({ routes: served, onError: errorAnswer });
}

function asObject(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  if (body === undefined) return {};
  throw new ServiceError('BadRequestException', 'The body is not a JSON object.');
}

/** The exception's name is in a header, from which the SDK makes its class. */
function errorAnswer(error: unknown): RouteAnswer {
  const { name, status, code, message } = serviceError(error);
  return {
    status,
    headers: { 'x-amzn-errortype': name, 'x-amzn-requestid': randomUUID() },
    body: { Code: code, Message: message },
  };
}

function serviceError(error: unknown): Pick<ServiceError, 'status' | 'code' | 'message'> & { name: string } {
  if (error instanceof ServiceError) return error;
  if (error instanceof RequestError && error.status < 404) {
    return new ServiceError('BadRequestException', error.message, { cause: error });
  }
  if (error instanceof RequestError) {
    return {
      name: 'UnknownOperationException',
      status: error.status,
      code: 'UnknownOperation',
      message: `${error.message} This runtime serves CreateSipMediaApplicationCall and UpdateSipMediaApplicationCall only.`,
    };
  }
  console.error(error);
  return new ServiceError('ServiceFailureException', 'Internal error.', { cause: error });
}
