/**
 * AWS clients from an environment. Credentials and endpoints are found as every AWS SDK finds them; they are read from
 * the given record rather than from the process, so that many platforms can live in one process.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

type Service = 'DYNAMODB' | 'SQS' | 'S3' | 'EVENTBRIDGE' | 'KMS' | 'LAMBDA' | 'CHIME_SDK_VOICE';

interface ClientConfiguration {
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** The configuration of one service's client. */
export function clientConfiguration(service: Service, env: Environment): ClientConfiguration {
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`];
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  return {
    ...(AWS_REGION !== undefined && { region: AWS_REGION }),
    ...(endpoint !== undefined && { endpoint }),
    ...(AWS_ACCESS_KEY_ID !== undefined &&
      AWS_SECRET_ACCESS_KEY !== undefined && {
        credentials: {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
        },
      }),
  };
}

/** A variable that a function cannot work without. Throws a sentence that names it. */
export function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
