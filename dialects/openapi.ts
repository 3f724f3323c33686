/** The OpenAPI 3.1 document of the whole API, from the tables that serve it. */
import * as z from 'zod';
import type { OperationName } from '../core/operation.ts';
import {
  type ApiDescription,
  type Description,
  MEDIA_TYPES,
  type MediaType,
  type WebhookDescription,
} from './description.ts';
import type { HttpApi, Route } from './dialect.ts';

type Json = Record<string, unknown>;

const OPENAPI = '3.1.1';
const SECURITY_SCHEME = 'account';
/** Operations that may be repeated with a key. */
const PLACES_CALLS: ReadonlySet<OperationName> = new Set(['placeCall', 'placeCalls']);
const IDEMPOTENCY = 'IdempotencyKey';

export interface DocumentParts {
  version: string;
  apis: readonly HttpApi[];
  /** Of `Idempotency-Key`, in characters. */
  maxIdempotencyKey: number;
}

export interface OpenApiDocument extends Json {
  paths: Record<string, Json>;
  webhooks: Record<string, Json>;
}

/** @throws Error when two operations or two webhooks have one name, or a place in a path is not explained */
export function openApiDocument({ version, apis, maxIdempotencyKey }: DocumentParts): OpenApiDocument {
  const schemas = new Schemas();
  const paths: Record<string, Json> = {};
  const webhooks: Record<string, Json> = {};
  const ids = new Set<string>();

  for (const api of apis) {
    const { title } = api.describes;
    for (const route of api.routes) {
      if ('sameAs' in route.describes) continue;
      const operationId = once(ids, `${api.name}.${route.describes.id}`);
      const others = spellings(api, route);
      paths[route.path] ??= {};
      (paths[route.path] as Json)[route.method.toLowerCase()] = {
        operationId,
        tags: [title],
        ...operation(api, route, route.describes, others, schemas),
      };
    }
    for (const [name, webhook] of Object.entries(api.describes.webhooks)) {
      const operationId = once(ids, name);
      webhooks[name] = { post: { operationId, tags: [title], ...hook(webhook, schemas) } };
    }
  }

  return {
    openapi: OPENAPI,
    info: {
      title: 'Dialplane',
      version,
      summary: 'Programmable voice in your own AWS account',
      description:
        'One account has one SID and one auth token for all of these APIs. Webhooks are what your own servers are sent.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The deployment that serves this document' }],
    security: [{ [SECURITY_SCHEME]: [] }],
    tags: apis.map(({ describes: { title, details } }) => ({ name: title, description: details })),
    paths,
    webhooks,
    components: {
      securitySchemes: {
        [SECURITY_SCHEME]: {
          type: 'http',
          scheme: 'basic',
          description: 'The account SID as user name, its auth token as password.',
        },
      },
      parameters: {
        [IDEMPOTENCY]: {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'A text of your own: a request that is repeated with it, within a day, is carried out once.',
          schema: { type: 'string', minLength: 1, maxLength: maxIdempotencyKey },
        },
      },
      responses: Object.fromEntries(
        apis.map(({ name, describes: { title, problem, problemAs } }) => [
          problemName(name),
          {
            description: `A problem, as ${title} tells it.`,
            content: content(schemas.of(problem), problemAs),
          },
        ]),
      ),
      schemas: schemas.named,
    },
  };
}

function operation(
  { name, describes: api }: HttpApi,
  { path, operation: kind }: Route,
  { summary, details, query, body, answers, answersAs }: Description,
  others: readonly string[],
  schemas: Schemas,
): Json {
  const also = others.length === 0 ? [] : [`Also at ${others.map(other => `\`${other}\``).join(', ')}.`];
  const description = [...(details === undefined ? [] : [details]), ...also].join('\n\n');
  const problem = { $ref: `#/components/responses/${problemName(name)}` };
  return {
    summary,
    ...(description !== '' && { description }),
    parameters: [
      ...places(path, api),
      ...(query === undefined ? [] : inQuery(query, schemas)),
      ...(PLACES_CALLS.has(kind) ? [{ $ref: `#/components/parameters/${IDEMPOTENCY}` }] : []),
    ],
    ...(body && { requestBody: { required: true, content: content(schemas.of(body.schema), body.as) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          {
            description: schema === null ? 'Done.' : 'What was asked for.',
            ...(schema && { content: content(schemas.of(schema), answersAs) }),
          },
        ]),
      ),
      '4XX': problem,
      '5XX': problem,
    },
  };
}

function hook(
  { summary, details, schema, as, answersDocument = false }: WebhookDescription,
  schemas: Schemas,
): Json {
  const document = { description: 'A document.', content: content({ type: 'string' }, ['xml']) };
  return {
    summary,
    description: [
      ...(details === undefined ? [] : [details]),
      'Where you have asked for GET, the same stands in the query.',
    ].join('\n\n'),
    // Whoever gets it checks its signature.
    security: [],
    requestBody: { required: true, content: content(schemas.of(schema), [as]) },
    responses: { '2XX': answersDocument ? document : { description: 'Any: nothing else is looked at.' } },
  };
}

function places(path: string, { places: explained, title }: ApiDescription): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const description = explained[name];
    if (description === undefined) throw new Error(`${title} does not explain {${name}} in ${path}.`);
    return { name, in: 'path', required: true, description, schema: { type: 'string' } };
  });
}

function inQuery(query: z.ZodObject, schemas: Schemas): Json[] {
  const { properties = {}, required = [] } = schemas.of(query) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    schema,
  }));
}

/** XML says the same as JSON, whose schema is here, in elements: nothing but JSON has a schema of its own. */
const content = (schema: Json, as: readonly MediaType[] = ['json']): Json =>
  Object.fromEntries(
    as.map(each => [MEDIA_TYPES[each], { schema: each === 'xml' ? { type: 'string' } : schema }]),
  );

const problemName = (api: string) => `${api}Problem`;

/** Paths that lead to the same. */
function spellings({ routes }: HttpApi, { method, path }: Route): string[] {
  return routes
    .filter(
      ({ describes, ...other }) =>
        other.method === method && 'sameAs' in describes && describes.sameAs === path,
    )
    .map(other => other.path);
}

function once(ids: Set<string>, id: string): string {
  if (ids.has(id)) throw new Error(`Two operations are called ${id}.`);
  ids.add(id);
  return id;
}

/** JSON Schemas of what is said on the wire. Those that have a name are written down once. */
class Schemas {
  readonly named: Record<string, unknown> = {};

  of(schema: z.ZodType): Json {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    Object.assign(this.named, toComponents($defs));
    return toComponents(own) as Json;
  }
}

/** Wherever zod points to its own definitions, they are the document's components. */
function toComponents(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    key === '$ref' && typeof inner === 'string'
      ? inner.replace(/^#\/\$defs\//, '#/components/schemas/')
      : inner,
  );
}
