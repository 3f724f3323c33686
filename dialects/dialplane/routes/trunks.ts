import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { nameInPath } from '../named.ts';
import { changedTrunk, newTrunk, trunkJson, trunkRequest } from '../trunk.ts';

const TRUNKS = '/v1/trunks';
const TRUNK = `${TRUNKS}/{name}`;

export const trunkRoutes: readonly Route[] = [
  route<'listTrunks'>({
    method: 'GET',
    path: TRUNKS,
    operation: 'listTrunks',
    decode: () => ({}),
    encode: ({ trunks }) => ({ status: 200, body: { trunks: trunks.map(trunkJson) } }),
  }),
  route<'createTrunk'>({
    method: 'POST',
    path: TRUNKS,
    operation: 'createTrunk',
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
    decode: request => ({ name: nameInPath('trunk', request) }),
    encode: ({ trunk }) => ({ status: 200, body: trunkJson(trunk) }),
  }),
  route<'replaceTrunk'>({
    method: 'PUT',
    path: TRUNK,
    operation: 'replaceTrunk',
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
    decode: request => ({ name: nameInPath('trunk', request) }),
    encode: () => ({ status: 204 }),
  }),
];
