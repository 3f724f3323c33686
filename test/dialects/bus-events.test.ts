/** The events' schemas: those in the tree are what the code gives, and say yes to what is an event and no to what is none. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../bin/events/examples.ts';
import { files } from '../../bin/events/files.ts';
import { BUS_EVENTS, type BusEventType, jsonSchemaOf } from '../../dialects/bus-events.ts';
import { busEventFault } from '../support/bus-events.ts';

const TYPES = Object.keys(BUS_EVENTS) as BusEventType[];

/** Every object in a schema. */
const objectsIn = (value: unknown): Record<string, unknown>[] =>
  typeof value === 'object' && value !== null
    ? [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)]
    : [];

describe('What is published', () => {
  it.each(Object.entries(files()))('%s is current; npm run events writes it', (file, text) => {
    expect(readFileSync(file, 'utf8') === text, 'Run npm run events.').toBe(true);
  });

  it('is a file for each event, and no other', () => {
    const published = Object.keys(files()).filter(file => file.endsWith('.json'));
    expect(readdirSync('docs/events').map(name => `docs/events/${name}`)).toEqual(published.sort());
    expect(published).toHaveLength(TYPES.length);
  });

  it.each(TYPES)('%s may get fields in a later release', type => {
    const objects = objectsIn(jsonSchemaOf(type));
    expect(objects.filter(({ type: kind }) => kind === 'object').length).toBeGreaterThan(2);
    expect(objects.filter(each => 'additionalProperties' in each)).toEqual([]);
  });
});

describe('The schema', () => {
  it.each(TYPES)('of %s says yes to its example', type => {
    expect(busEventFault(type, EXAMPLES[type])).toBeUndefined();
  });

  it.each(TYPES)('of %s says no where a field is missing, or one too many', type => {
    const { metadata, ...rest } = EXAMPLES[type] as { metadata: object };
    expect(busEventFault(type, rest)).toMatch(`${type}: `);
    expect(busEventFault(type, { metadata, ...rest, password: 'secret' })).toMatch('password');
  });

  it.each([
    ['Call Queued', 'Call Ringing'],
    ['Call Ringing', 'Call Answered'],
    ['Call Answered', 'Call Completed'],
    ['Call Completed', 'Dial Completed'],
  ] as const)('of %s is not that of %s', (type, other) => {
    expect(busEventFault(type, EXAMPLES[other])).toMatch(`${type}: `);
  });

  it('is there for no other event', () => {
    expect(busEventFault('Call Lost', {})).toBe('Call Lost is no event of the bus.');
  });
});
