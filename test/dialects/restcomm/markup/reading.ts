import { parse } from '../../../../dialects/restcomm/markup/document.ts';
import { readingWith } from '../../reading.ts';
import { NOW_MS } from '../fixtures.ts';

export { refusalOf, URL } from '../../reading.ts';
export const { read, verbOf, notesOf } = readingWith(parse, NOW_MS);
