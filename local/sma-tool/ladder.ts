/** A call as a ladder that a person can follow: the service in the middle, phones to its left, the handler to its right. */
import type { SmaEvent } from '../../sma/contract/event.ts';
import type { TracedError, TraceEntry } from '../../sma/trace.ts';

type EntryOf<K extends TraceEntry['kind']> = Extract<TraceEntry, { kind: K }>;
type Lines = { [K in TraceEntry['kind']]: (entry: EntryOf<K>) => string | undefined };

const LONGEST = 100;
const INVOKER = 'sma-tool/lambda-handler.ts';

const LINES: Lines = {
  api: ({ operation, error }) => `API  ${operation}${error ? `  ✗ ${error.name}: ${error.message}` : ''}`,
  'invocation-started': ({ event, attempt }) =>
    `service ──▶ handler  ${eventLine(event)}${attempt > 1 ? `  (attempt ${attempt})` : ''}`,
  'invocation-ended': ({ answer, error, durationMs, honoured }) =>
    error === undefined
      ? `service ◀── handler  ${answerLine(answer)}  ${durationMs} ms${honoured ? '' : '  (actions ignored)'}`
      : `service ◀─✗ handler  ${indented(ownStack(error))}`,
  'action-started': ({ action, tag }) => `service  ▸ ${action.Type} on ${tag}`,
  'action-ended': ({ action, outcome, errorType, errorMessage }) =>
    `service  ■ ${action.Type} ${outcome}${errorType ? `: ${errorType} / ${errorMessage}` : ''}`,
  leg: ({ tag, what, from, to, sipCode, by }) =>
    `${tag} ${from} → ${to}  ${what}${sipCode ? ` ${sipCode}` : ''}${by ? ` by the ${by}` : ''}`,
  played: ({ tag, what, durationMs }) => `${tag} ◀── service  hears ${quoted(what)}  ${durationMs} ms`,
  digits: ({ tag, digits, direction }) =>
    direction === 'received'
      ? `${tag} ──▶ service  presses ${digits}`
      : `${tag} ◀── service  hears keys ${digits}`,
  warning: ({ message }) => `warning  ${message}`,
  'service-log': ({ message }) => `service log  ${message}`,
  'call-ended': ({ reason }) => `call over: ${reason}`,
};

/** The entry as one line (an exception's stack takes more): time, the beginning of the call's id, what happened. */
export function ladderLine(entry: TraceEntry): string | undefined {
  const line = (LINES[entry.kind] as (entry: TraceEntry) => string | undefined)(entry);
  if (line === undefined) return undefined;
  const time = new Date(entry.atMs).toISOString().slice(11, 23);
  return `${time}  ${(entry.transactionId ?? '').slice(0, 4).padEnd(4)}  ${line}`;
}

function eventLine({ Sequence, InvocationEventType, ActionData, ErrorType, ErrorMessage }: SmaEvent): string {
  const { Type, Parameters = {}, ReceivedDigits } = ActionData ?? {};
  const error = ActionData?.ErrorType ?? ErrorType;
  const parts = [
    `${Sequence} ${InvocationEventType}`,
    InvocationEventType === 'HANGUP'
      ? `${Parameters['ParticipantTag']} ${Parameters['SipResponseCode']}`
      : Type,
    ReceivedDigits === undefined ? undefined : `digits "${ReceivedDigits}"`,
    Parameters['Arguments'] === undefined ? undefined : JSON.stringify(Parameters['Arguments']),
    error && `${error} / ${ActionData?.ErrorMessage ?? ErrorMessage}`,
  ];
  return parts.filter(part => part !== undefined).join('  ');
}

function answerLine(answer: unknown): string {
  const actions = (answer as { Actions?: unknown } | null | undefined)?.Actions;
  if (!Array.isArray(actions)) return shortened(JSON.stringify(answer) ?? 'nothing');
  if (actions.length === 0) return '[]';
  return shortened(actions.map(actionLine).join(', '));
}

function actionLine(action: unknown): string {
  const { Type, Parameters } = (action ?? {}) as { Type?: string; Parameters?: Record<string, unknown> };
  const speech = Parameters?.['SpeechParameters'] as { Text?: string } | undefined;
  const text = Parameters?.['Text'] ?? speech?.Text;
  return text === undefined ? String(Type) : `${Type} ${quoted(String(text))}`;
}

/** The handler's part of the stack: what called the handler says nothing about it. */
function ownStack({ name, message, stack }: TracedError): string {
  const lines = stack?.split('\n') ?? [`${name}: ${message}`];
  const end = lines.findIndex(line => line.includes(INVOKER));
  return (end > 0 ? lines.slice(0, end) : lines).join('\n');
}

const quoted = (text: string): string => `“${shortened(text)}”`;
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const indented = (text: string): string => text.split('\n').join('\n        ');
