import { readFile, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import type { AudioSource } from '../../sma/runtime.ts';
import { UserError } from './user-error.ts';

/** Stands for every bucket: a key is a path in the folder. Files that end in .wav have the Content-Type that the service wants. */
export async function audioFolder(folder: string | undefined): Promise<AudioSource> {
  if (folder === undefined) return async () => undefined;
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new UserError(`There is no folder ${folder}: --audio wants the folder that holds the WAV files.`);
  }
  return async (_bucket, key) => {
    const path = resolve(root, key);
    if (!path.startsWith(root + sep)) return undefined;
    const bytes = await readFile(path).catch(() => undefined);
    const contentType = extname(path).toLowerCase() === '.wav' ? 'audio/wav' : 'binary/octet-stream';
    return bytes && { bytes, contentType };
  };
}
