import type { Dns, NaptrRecord, SrvRecord } from '../../../sip/resolve/dns.ts';

/** A zone: what each name has. */
export interface Zone {
  readonly naptr?: Readonly<Record<string, readonly NaptrRecord[]>>;
  readonly srv?: Readonly<Record<string, readonly SrvRecord[]>>;
  readonly a?: Readonly<Record<string, readonly string[]>>;
  readonly aaaa?: Readonly<Record<string, readonly string[]>>;
  /** Questions that are not answered: the kind of record, and the name. */
  readonly fails?: readonly string[];
}

/** A DNS with one zone, which keeps what it was asked. */
export function dnsOf(zone: Zone): Dns & { readonly asked: string[] } {
  const asked: string[] = [];
  const look =
    <Kind extends Exclude<keyof Zone, 'fails'>>(kind: Kind) =>
    async (name: string) => {
      const question = `${kind} ${name}`;
      asked.push(question);
      if (zone.fails?.includes(question)) throw new Error(`${question}: SERVFAIL`);
      return (zone[kind]?.[name] ?? []) as never;
    };
  return { asked, naptr: look('naptr'), srv: look('srv'), a: look('a'), aaaa: look('aaaa') };
}

export const srv = (name: string, priority = 0, weight = 0, port = 5_060): SrvRecord => ({
  name,
  priority,
  weight,
  port,
});

export const naptr = (service: string, replacement: string, order = 10, preference = 10): NaptrRecord => ({
  order,
  preference,
  flags: 's',
  service,
  regexp: '',
  replacement,
});
