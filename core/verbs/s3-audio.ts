import type { S3Audio } from '../../sma/contract/action.ts';
import type { StoredAudio } from '../verb.ts';

/** Audio of the bucket, as actions name it. */
export const s3Audio = ({ bucket, key }: StoredAudio): S3Audio => ({
  Type: 'S3',
  BucketName: bucket,
  Key: key,
});
