import { readFileSync } from 'node:fs';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DialplaneStack } from '../../lib/dialplane-stack.ts';
import type { SipEdgeSettings } from '../../lib/edge-settings.ts';
import type { DialplaneProps } from '../../lib/settings.ts';
import { SipEdgeStack } from '../../lib/sip-edge-stack.ts';

const { context: flags } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** An app with the flags of cdk.json that does not bundle the functions' code. */
export const testApp = (): App => new App({ context: { ...flags, 'aws:cdk:bundling-stacks': [] } });

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has its own properties
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

export interface Deployment {
  readonly template: Template;
  /** The resources of a type, by their logical ids. */
  of(type: string): [string, Resource][];
  /** The only resource of a type. */
  only(type: string): Resource;
  /** The function whose code is in that folder of `lambdas/`. */
  functionIn(folder: string): [string, Resource];
}

/** The template of a stack with these settings. It throws for a circle of references, which could not be deployed. */
export function deploy(props: DialplaneProps = {}): Deployment {
  return deploymentOf(new DialplaneStack(testApp(), 'Dialplane', props));
}

export type EdgeDeployment = SipEdgeSettings & Pick<DialplaneProps, 'edgeTasks'>;

export const env = { region: 'us-east-1' };

/** The template of the SIP edge's stack, and of the one before it. */
export function deployEdge({ edgeTasks, ...settings }: EdgeDeployment = {}): {
  edge: Deployment;
  dialplane: Deployment;
} {
  const app = testApp();
  const dialplane = new DialplaneStack(app, 'Dialplane', {
    env,
    sipEdge: true,
    ...(edgeTasks !== undefined && { edgeTasks }),
  });
  const edge = new SipEdgeStack(app, 'DialplaneEdge', { env, dialplane, ...settings });
  return { edge: deploymentOf(edge), dialplane: deploymentOf(dialplane) };
}

function deploymentOf(stack: Stack): Deployment {
  const template = Template.fromStack(stack);
  const of = (type: string) => Object.entries(template.findResources(type)) as [string, Resource][];
  return {
    template,
    of,
    only(type) {
      const [first, ...more] = of(type);
      if (!first || more.length > 0) throw new Error(`${more.length + (first ? 1 : 0)} resources of ${type}`);
      return first[1];
    },
    functionIn(folder) {
      const name = folder.replaceAll('-', '');
      const found = of('AWS::Lambda::Function').filter(([id]) =>
        id.toLowerCase().startsWith(`functions${name}`),
      );
      const [first] = found;
      if (!first || found.length > 1) throw new Error(`${found.length} functions for ${folder}`);
      return first;
    },
  };
}

/** A logical id in `{ Ref }` or `{ 'Fn::GetAtt': [id, …] }`. */
export function referenced(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value) return String(value.Ref);
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return String(value['Fn::GetAtt'][0]);
  return undefined;
}
