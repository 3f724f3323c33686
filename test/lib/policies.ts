import type { Deployment } from './deployment.ts';

/** One action on one resource. */
export interface Grant {
  /** Logical id of the policy's resource. */
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
  readonly principals: string;
}

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Intrinsic functions as text: `<Id.Arn>/*` for a join of an ARN and a wildcard. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${list(value['Fn::GetAtt']).join('.')}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = list(value['Fn::Join']) as [string, unknown[]];
    return parts.map(asText).join(separator);
  }
  return JSON.stringify(value);
}

/** Everything that any policy of a template allows, wherever the policy is: roles, queues, buckets, keys. */
export function grants({ template }: Deployment): Grant[] {
  const found: Grant[] = [];
  const read = (policy: string, statement: Record<string, unknown>): void => {
    const { Action, NotAction, Resource, NotResource, Principal } = statement;
    const actions = [
      ...list(Action).map(asText),
      ...list(NotAction).map(action => `* but ${asText(action)}`),
    ];
    const resources = [
      ...list(Resource).map(asText),
      ...list(NotResource).map(resource => `* but ${asText(resource)}`),
    ];
    const named = typeof Principal === 'string' ? [Principal] : Object.values((Principal as object) ?? {});
    const principals = named.flatMap(list).map(asText).join(' ');
    for (const action of actions) {
      // A role's trust policy has no resource: it is the role itself.
      for (const resource of resources.length > 0 ? resources : [`<${policy}>`]) {
        found.push({ policy, action, resource, principals });
      }
    }
  };
  const walk = (policy: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Effect' in value) {
      if (value.Effect === 'Allow') read(policy, value as Record<string, unknown>);
      return;
    }
    for (const child of Object.values(value)) walk(policy, child);
  };
  for (const [id, resource] of Object.entries(template.toJSON()['Resources'] as object)) {
    walk(id, (resource as { Properties?: unknown }).Properties);
  }
  return found;
}

export const hasWildcard = ({ action, resource }: Pick<Grant, 'action' | 'resource'>): boolean =>
  action.includes('*') || resource.includes('*');
