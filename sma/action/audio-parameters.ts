import type { S3Audio } from '../contract/action.ts';
import type { ActionError } from './action-definition.ts';
import { isRecord, type ParameterNames } from './parameters.ts';

/** Names inside AudioSource, FailureAudioSource and RingbackTone. */
export const S3_AUDIO_NAMES: ParameterNames = { Type: true, BucketName: true, Key: true };

export const isS3Audio = (value: unknown): value is S3Audio =>
  isRecord(value) && value['Type'] === 'S3' && isName(value['BucketName']) && isName(value['Key']);

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

export const isActionError = (value: object): value is ActionError => 'errorType' in value;
