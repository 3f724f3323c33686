/**
 * Errors of the `chime-sdk-voice` API, as the service answers them: exception name, HTTP status, `Code` (API model 2022-08-03;
 * which code belongs to which exception is inferred).
 */
export const SERVICE_EXCEPTIONS = {
  BadRequestException: { status: 400, code: 'BadRequest' },
  UnauthorizedClientException: { status: 401, code: 'Unauthorized' },
  AccessDeniedException: { status: 403, code: 'AccessDenied' },
  ForbiddenException: { status: 403, code: 'Forbidden' },
  NotFoundException: { status: 404, code: 'NotFound' },
  ConflictException: { status: 409, code: 'Conflict' },
  ResourceLimitExceededException: { status: 400, code: 'ResourceLimitExceeded' },
  ThrottledClientException: { status: 429, code: 'Throttled' },
  ServiceFailureException: { status: 500, code: 'ServiceFailure' },
  ServiceUnavailableException: { status: 503, code: 'ServiceUnavailable' },
} as const;

export type ServiceExceptionName = keyof typeof SERVICE_EXCEPTIONS;

/** An API request that the service refuses; `name` is the exception that the SDK throws. */
export class ServiceError extends Error {
  override readonly name: ServiceExceptionName;
  readonly status: number;
  readonly code: string;

  constructor(name: ServiceExceptionName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.status = SERVICE_EXCEPTIONS[name].status;
    this.code = SERVICE_EXCEPTIONS[name].code;
  }
}
