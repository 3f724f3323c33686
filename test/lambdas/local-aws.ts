import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../local/aws/dynamodb.ts';
import { type Front, startFront } from '../../local/aws/front.ts';
import { createKms } from '../../local/aws/kms.ts';
import { type AwsService, jsonService } from '../../local/aws/service.ts';
import { tableDefinition } from '../../local/aws/table.ts';

export interface LocalAws {
  /** What a function's environment would hold, with the endpoints of this double. */
  readonly env: Record<string, string>;
  readonly config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** The text of the one secret. */
  secret: string;
  close(): Promise<void>;
}

/** Table, key and secret on loopback, for the real SDK clients. */
export async function startLocalAws(): Promise<LocalAws> {
  const dynamodb = createDynamoDb();
  const local = { secret: '' };
  const secretsmanager: AwsService = jsonService('application/x-amz-json-1.1', {
    GetSecretValue: () => ({ SecretString: local.secret }),
  });
  const services = { dynamodb: dynamodb.service, kms: createKms('token-key'), secretsmanager };
  const front: Front = await startFront({ services });
  const config = {
    endpoint: front.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  };
  await new DynamoDBClient(config).send(new CreateTableCommand(tableDefinition('calls')));
  return Object.assign(local, {
    config,
    env: {
      TABLE_NAME: 'calls',
      KEY_ID: 'token-key',
      AWS_REGION: config.region,
      AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: config.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: front.url,
      AWS_ENDPOINT_URL_KMS: front.url,
    },
    async close() {
      await front.close();
      await dynamodb.close();
    },
  });
}
