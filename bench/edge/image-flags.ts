import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The flags with which the edge's image starts Node: what is measured is run as what is deployed. */
export function imageFlags(): string[] {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../edge/Dockerfile'), 'utf8');
  const [, command = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
  return (JSON.parse(command) as string[]).filter(word => word.startsWith('--'));
}
