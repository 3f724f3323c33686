/** `npm run events`: writes docs/events.md and the schemas beside it. A test says when that was forgotten. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { files } from './events/files.ts';

const root = new URL('../', import.meta.url);
for (const [file, text] of Object.entries(files())) {
  const path = fileURLToPath(new URL(file, root));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(file);
}
