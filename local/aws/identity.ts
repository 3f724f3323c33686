/** The AWS account that the laptop pretends to be; the queue emulator has this one built in. */
export const AWS_ACCOUNT_ID = '000000000000';
export const AWS_REGION = 'us-east-1';

/** `arn:aws:<service>:<region>:<account>:<resource>` */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${AWS_REGION}:${AWS_ACCOUNT_ID}:${resource}`;
}
