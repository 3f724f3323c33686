import type { TimelineEntry } from './timeline/timeline-entry.ts';

/**
 * An entry of a call's timeline as a line of the log, for those that a person wants to see go by: call events, and what went wrong.
 * Undefined for the others. Fields are `name=value`, values in quotes where they have spaces.
 */
export function callLogLine(callSid: string, entry: TimelineEntry): string | undefined {
  const fields = fieldsOf(entry);
  if (fields === undefined) return undefined;
  const { what, ...rest } = fields;
  const pairs = Object.entries({ call: callSid, ...rest })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `${new Date(entry.atMs).toISOString()}  ${what.padEnd(18)} ${pairs.join(' ')}`;
}

type Fields = { what: string } & Record<string, unknown>;

function fieldsOf(entry: TimelineEntry): Fields | undefined {
  switch (entry.kind) {
    case 'bus': {
      const { call, metadata, callback, attempts, request } = entry.detail as BusDetail;
      return {
        what: entry.type,
        call: call?.sid,
        from: call?.from,
        to: call?.to,
        status: call?.status,
        duration: call?.durationSeconds,
        sequence: metadata?.sequenceNumber,
        event: callback?.event,
        attempts: attempts?.length,
        url: request?.url,
      };
    }
    case 'warning':
      return { what: 'Warning', message: entry.message };
    case 'service-log':
      return { what: 'Voice service', message: entry.message };
    default:
      return undefined;
  }
}

interface BusDetail {
  call?: { sid?: string; from?: string; to?: string; status?: string; durationSeconds?: number };
  metadata?: { sequenceNumber?: number };
  callback?: { event?: string };
  attempts?: unknown[];
  request?: { url?: string };
}

function quoted(text: string): string {
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}
