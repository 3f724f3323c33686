/** `npm run openapi`: writes the OpenAPI document that the API serves. A test says when that was forgotten. */
import { writeFileSync } from 'node:fs';
import { asText, wholeDocument } from './openapi/whole-document.ts';

const FILE = 'lambdas/api/openapi.json';

const document = wholeDocument();
writeFileSync(new URL(`../${FILE}`, import.meta.url), asText(document));
const count = (things: object) => Object.keys(things).length;
console.log(`${FILE}: ${count(document.paths)} paths, ${count(document.webhooks)} webhooks.`);
