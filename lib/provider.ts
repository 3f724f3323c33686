import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DialplaneFunction, type FunctionDefaults } from './dialplane-function.ts';

export interface ProviderProps extends FunctionDefaults {
  /** The folder in `lambdas/`. */
  readonly folder: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly environment: Record<string, string>;
}

/** A function that makes, changes and deletes resources for CloudFormation, and tells it the outcome itself. */
export class Provider extends DialplaneFunction {
  constructor(scope: Construct, id: string, props: ProviderProps) {
    super(scope, id, { ...props, memorySize: 256 });
  }

  /** One resource of this provider. Each function has two more tries before CloudFormation stops waiting. */
  provide(scope: Construct, id: string, type: string, properties: Record<string, string>): CustomResource {
    return new CustomResource(scope, id, {
      serviceToken: this.functionArn,
      resourceType: `Custom::${type}`,
      serviceTimeout: Duration.minutes(15),
      properties,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
