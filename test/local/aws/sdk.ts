import type { AwsCall, Front } from '../../../local/aws/front.ts';
import { startFront } from '../../../local/aws/front.ts';
import type { AwsService } from '../../../local/aws/service.ts';

/** What a real SDK client needs to reach a front. */
export function clientConfig(front: Front, caller = 'test') {
  return {
    endpoint: front.url,
    region: 'us-east-1',
    credentials: { accessKeyId: caller, secretAccessKey: 'not-checked' },
    maxAttempts: 1,
  };
}

/** A front with these services, and the list of calls it saw. */
export async function frontWith(services: Record<string, AwsService>) {
  const calls: AwsCall[] = [];
  const front = await startFront({ services, observe: call => calls.push(call) });
  return { front, calls };
}
