import { BUS_EVENTS, type BusEventType, jsonSchemaOf, slugOf } from '../../dialects/bus-events.ts';
import { EXAMPLES } from './examples.ts';

const TYPES = Object.keys(BUS_EVENTS) as BusEventType[];

const asText = (value: object): string => JSON.stringify(value, undefined, 2);
const fileOf = (type: BusEventType): string => `events/${slugOf(type)}.json`;

/** What is published of the bus's events: each file's text, by its path. */
export function files(): Record<string, string> {
  const schemas = TYPES.map(type => {
    const schema = { ...jsonSchemaOf(type), examples: [EXAMPLES[type]] };
    return [`docs/${fileOf(type)}`, `${asText(schema)}\n`];
  });
  return { 'docs/events.md': page(), ...Object.fromEntries(schemas) };
}

const page = (): string => `# Events

All that happens to calls is told on an event bus of your own (output \`EventBusName\`), with the source \`dialplane\`. Status callbacks
are one subscriber of it; add rules of your own for anything else:

\`\`\`sh
aws events put-rule --event-bus-name <EventBusName> --name ended-badly \\
  --event-pattern '{"source":["dialplane"],"detail-type":["Call Completed"],"detail":{"call":{"status":["failed","no-answer"]}}}'
\`\`\`

| Detail-type | When | Schema of its \`detail\` |
|---|---|---|
${TYPES.map(type => `| [\`${type}\`](#${slugOf(type)}) | ${BUS_EVENTS[type].says} | [\`${fileOf(type)}\`](${fileOf(type)}) |`).join('\n')}

- An event is published at least once, with the same \`metadata.id\` each time: leave out what you have seen.
- The bus keeps no order. \`metadata.sequenceNumber\` is that of the call's events: 0, 1, 2, …
- \`metadata.version\` is 1. A release may add fields under it; it takes none away, and changes none.
- No event holds a password, an auth token, or the address of a customer's server with its credentials.
- An archive keeps them for 30 days ([\`eventArchiveDays\`](deploying.md#settings)).

The schemas are JSON Schema 2020-12. This page and they are written by \`npm run events\` from what the tests check each published event by.
${TYPES.map(
  type => `
## ${type}

${BUS_EVENTS[type].says}

\`\`\`json
${asText(EXAMPLES[type])}
\`\`\`
`,
).join('')}`;
