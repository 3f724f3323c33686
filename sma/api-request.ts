/** What the API's model says of a request, checked before anything else (API model 2022-08-03). */
import type { CreateCallRequest, UpdateCallRequest } from './contract/api.ts';
import { E164, MAX_ARGUMENTS, MAX_SIP_HEADERS } from './contract/limits.ts';
import { ServiceError } from './service-error.ts';
import { refusedHeader } from './sip-headers.ts';

export function checkCreateCall(request: CreateCallRequest): void {
  checkNumber('fromPhoneNumber', request.FromPhoneNumber);
  checkNumber('toPhoneNumber', request.ToPhoneNumber);
  checkMap('sipHeaders', request.SipHeaders, MAX_SIP_HEADERS);
  checkMap('argumentsMap', request.ArgumentsMap, MAX_ARGUMENTS);
  const header = refusedHeader(request.SipHeaders);
  if (header !== undefined) throw badRequest(`Invalid SIP header(s) provided: ${header}`);
}

export function checkUpdateCall(request: UpdateCallRequest): void {
  if (request.Arguments === undefined || request.Arguments === null) {
    throw violation('arguments', null, 'Member must not be null');
  }
  checkMap('arguments', request.Arguments, MAX_ARGUMENTS);
}

export const badRequest = (message: string): ServiceError => new ServiceError('BadRequestException', message);

function checkNumber(member: string, value: unknown): void {
  if (value === undefined || value === null) throw violation(member, null, 'Member must not be null');
  if (typeof value !== 'string' || !E164.test(value)) {
    throw violation(
      member,
      value,
      `Member must satisfy regular expression pattern: ${E164.source.replaceAll('\\\\/', '/')}`,
    );
  }
}

function checkMap(member: string, value: unknown, mostEntries: number): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw violation(member, value, 'Member must be a map of strings');
  }
  const entries = Object.entries(value);
  if (entries.length > mostEntries) {
    throw violation(member, value, `Member must have length less than or equal to ${mostEntries}`);
  }
  if (entries.some(([, item]) => typeof item !== 'string')) {
    throw violation(member, value, 'Map values must be strings');
  }
}

const violation = (member: string, value: unknown, constraint: string): ServiceError =>
  badRequest(
    `1 validation error detected: Value ${value === null ? 'null' : `'${typeof value === 'string' ? value : JSON.stringify(value)}'`} ` +
      `at '${member}' failed to satisfy constraint: ${constraint}`,
  );
