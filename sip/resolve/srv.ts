import type { Random } from '../random.ts';
import type { SrvRecord } from './dns.ts';

/**
 * The order in which to try SRV records: the lowest priority first, and among equals a draw by weight for
 * every place (RFC 2782, "Usage rules"). A single record with the name `.` says that there is no service.
 */
export function srvOrder(records: readonly SrvRecord[], random: Random): SrvRecord[] {
  const [only] = records;
  if (records.length === 1 && (only?.name === '.' || only?.name === '')) return [];
  const priorities = [...new Set(records.map(record => record.priority))].sort((a, b) => a - b);
  return priorities.flatMap(priority =>
    drawn(
      records.filter(record => record.priority === priority),
      random,
    ),
  );
}

function drawn(records: SrvRecord[], random: Random): SrvRecord[] {
  // Weight 0 goes first in the running sum: it keeps a small chance, as RFC 2782 wants.
  const left = records.toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const order: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, record) => sum + record.weight, 0);
    const mark = Math.floor(random() * (total + 1));
    let running = 0;
    const at = left.findIndex(record => {
      running += record.weight;
      return running >= mark;
    });
    order.push(...left.splice(at, 1));
  }
  return order;
}
