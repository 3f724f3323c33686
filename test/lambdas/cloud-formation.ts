import type { ResourceRequest } from '../../lambdas/custom-resource.ts';
import { HttpDouble } from './http-double.ts';

export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
}

/** CloudFormation, as a custom resource sees it: it asks a handler and is told the outcome at a URL. */
export class CloudFormation<Properties> {
  /** Statuses of the next answers at the URL; then 200. */
  readonly statuses: number[] = [];
  readonly double = new HttpDouble(() => ({ status: this.statuses.shift() ?? 200 }));
  readonly #handler: (request: ResourceRequest<Properties>) => Promise<void>;
  readonly #properties: Properties;
  #url = '';

  constructor(handler: (request: ResourceRequest<Properties>) => Promise<void>, properties: Properties) {
    this.#handler = handler;
    this.#properties = properties;
  }

  async start(): Promise<void> {
    this.#url = `${await this.double.start()}/answer?signed`;
  }

  async ask(request: Partial<ResourceRequest<Properties>>): Promise<Answer> {
    await this.#handler({
      RequestType: 'Create',
      ResponseURL: this.#url,
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Dialplane/1',
      RequestId: 'request',
      LogicalResourceId: 'Resource',
      ResourceProperties: this.#properties,
      ...request,
    });
    return this.double.received.at(-1)?.body;
  }

  stop = (): Promise<void> => this.double.stop();
}
