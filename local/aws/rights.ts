import { randomUUID } from 'node:crypto';
import { AWS_ACCOUNT_ID } from './identity.ts';
import { type AwsRequest, type AwsResponse, jsonResponse, targetOperation } from './service.ts';

/** The action that an IAM policy must allow for this request, such as `dynamodb:GetItem`. */
export function iamAction(request: AwsRequest): string {
  const { service, method, url } = request;
  switch (service) {
    case 'lambda':
      return 'lambda:InvokeFunction';
    case 'chime':
      return /\/calls\/[^/]+$/.test(url)
        ? 'chime:UpdateSipMediaApplicationCall'
        : 'chime:CreateSipMediaApplicationCall';
    case 's3':
      return method === 'PUT' ? 's3:PutObject' : method === 'DELETE' ? 's3:DeleteObject' : 's3:GetObject';
    case 'sqs':
      // A batch needs the right to the single request, and no other.
      return `sqs:${targetOperation(request).replace(/Batch$/, '')}`;
    default:
      return `${service}:${targetOperation(request)}`;
  }
}

/** What AWS answers to a request that the caller's role does not allow, in the service's own shape. */
export function accessDenied(request: AwsRequest): AwsResponse {
  const { service, caller } = request;
  const message = `User: arn:aws:sts::${AWS_ACCOUNT_ID}:assumed-role/${caller}/${caller} is not authorized to perform: ${iamAction(request)} because no identity-based policy allows the action`;
  if (service === 's3') {
    return {
      status: 403,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() },
      body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    };
  }
  const code = service === 'sqs' ? 'AccessDenied' : 'AccessDeniedException';
  const status = service === 'lambda' || service === 'chime' ? 403 : 400;
  const answer = jsonResponse(status, { __type: code, Code: code, Message: message, message });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
}
