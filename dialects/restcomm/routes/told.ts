/** What the routes of every resource of this dialect have in common. */
import type { MediaType } from '../../description.ts';
import type { ApiRequest } from '../../dialect.ts';
import { type Contract, ignoredHeader, unknownNames } from '../../parameters.ts';
import { listAnswer } from '../paging.ts';
import { answerWith, type Resource } from '../representation.ts';
import { parametersOf } from '../requests.ts';

/** A resource, and which parameters of the request had no effect. */
export const told = (request: ApiRequest, resource: Resource, contract: Contract, status = 200) =>
  answerWith(request, status, resource, ignoredHeader(unknownNames(parametersOf(request), contract)));

export const page = (request: ApiRequest, name: string, all: readonly Resource[], contract: Contract) =>
  listAnswer(request, name, all, ignoredHeader(unknownNames(request.query, contract)));

export const FORMS: readonly MediaType[] = ['xml', 'json'];

/** The same by two methods: each needs a name. */
export const changes = (what: string, method: 'POST' | 'PUT') =>
  `${method === 'POST' ? 'update' : 'put'}${what}`;
