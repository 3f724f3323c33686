import * as z from 'zod';
import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { nameInPath } from '../named.ts';
import { changedTrunk, newTrunk, trunkAnswer, trunkJson, trunkRequest } from '../trunk.ts';

const TRUNKS = '/v1/trunks';
const TRUNK = `${TRUNKS}/{name}`;

export const trunkRoutes: readonly Route[] = [
  route<'listTrunks'>({
    method: 'GET',
    path: TRUNKS,
    operation: 'listTrunks',
    describes: {
      id: 'listTrunks',
      summary: 'List the SIP trunks of the account',
      answers: { 200: z.object({ trunks: z.array(trunkAnswer) }) },
    },
    decode: () => ({}),
    encode: ({ trunks }) => ({ status: 200, body: { trunks: trunks.map(trunkJson) } }),
  }),
  route<'createTrunk'>({
    method: 'POST',
    path: TRUNKS,
    operation: 'createTrunk',
    describes: {
      id: 'createTrunk',
      summary: 'Create a SIP trunk',
      body: { schema: newTrunk, as: ['json'] },
      answers: { 201: trunkAnswer },
    },
    decode(request) {
      const body = readBody(newTrunk, request);
      return trunkRequest(body.name, body);
    },
    encode: ({ trunk }) => ({
      status: 201,
      headers: { location: `${TRUNKS}/${trunk.name}` },
      body: trunkJson(trunk),
    }),
  }),
  route<'readTrunk'>({
    method: 'GET',
    path: TRUNK,
    operation: 'readTrunk',
    describes: {
      id: 'getTrunk',
      summary: 'Read a SIP trunk',
      answers: { 200: trunkAnswer },
    },
    decode: request => ({ name: nameInPath('trunk', request) }),
    encode: ({ trunk }) => ({ status: 200, body: trunkJson(trunk) }),
  }),
  route<'replaceTrunk'>({
    method: 'PUT',
    path: TRUNK,
    operation: 'replaceTrunk',
    describes: {
      id: 'replaceTrunk',
      summary: 'Replace a SIP trunk',
      body: { schema: changedTrunk, as: ['json'] },
      answers: { 200: trunkAnswer },
    },
    decode(request) {
      const body = readBody(changedTrunk, request);
      return trunkRequest(nameInPath('trunk', request, body), body);
    },
    encode: ({ trunk }) => ({ status: 200, body: trunkJson(trunk) }),
  }),
  route<'deleteTrunk'>({
    method: 'DELETE',
    path: TRUNK,
    operation: 'deleteTrunk',
    describes: {
      id: 'deleteTrunk',
      summary: 'Delete a SIP trunk',
      answers: { 204: null },
    },
    decode: request => ({ name: nameInPath('trunk', request) }),
    encode: () => ({ status: 204 }),
  }),
];
