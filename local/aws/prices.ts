/** One line of a price list: so many dollars for so many units. */
export interface Price {
  dollars: number;
  per: number;
  unit: string;
  /** Where the price stands, and which line it is there. */
  page: string;
  line: string;
}

/**
 * List prices in US dollars, US East (N. Virginia), first tier, without the free tier. Looked up in 2026. Prices change: the pages
 * are right. `docs/cost.md` shows this table; `node bench/cost/write-page.ts` writes it there.
 */
export const PRICES = {
  httpApi: {
    dollars: 1.0,
    per: 1_000_000,
    unit: 'HTTP API requests',
    page: 'aws.amazon.com/api-gateway/pricing',
    line: 'HTTP APIs, first 300 million a month, for each 512 kB',
  },
  lambdaRequests: {
    dollars: 0.2,
    per: 1_000_000,
    unit: 'Lambda requests',
    page: 'aws.amazon.com/lambda/pricing',
    line: 'Arm price, requests',
  },
  lambdaDuration: {
    dollars: 0.0000133334,
    per: 1,
    unit: 'Lambda GB-seconds (Arm)',
    page: 'aws.amazon.com/lambda/pricing',
    line: 'Arm price, duration, first 7.5 billion GB-seconds a month',
  },
  dynamoDbReads: {
    dollars: 0.125,
    per: 1_000_000,
    unit: 'DynamoDB read request units',
    page: 'aws.amazon.com/dynamodb/pricing/on-demand',
    line: 'standard table class',
  },
  dynamoDbWrites: {
    dollars: 0.625,
    per: 1_000_000,
    unit: 'DynamoDB write request units',
    page: 'aws.amazon.com/dynamodb/pricing/on-demand',
    line: 'standard table class',
  },
  busEntries: {
    dollars: 1.0,
    per: 1_000_000,
    unit: 'EventBridge events',
    page: 'aws.amazon.com/eventbridge/pricing',
    line: 'custom events, for each 64 kB; rules and delivery to a queue cost nothing',
  },
  sqsStandard: {
    dollars: 0.4,
    per: 1_000_000,
    unit: 'SQS standard requests',
    page: 'aws.amazon.com/sqs/pricing',
    line: 'standard queues, for each 64 kB',
  },
  sqsFifo: {
    dollars: 0.5,
    per: 1_000_000,
    unit: 'SQS FIFO requests',
    page: 'aws.amazon.com/sqs/pricing',
    line: 'FIFO queues, for each 64 kB',
  },
  kms: {
    dollars: 0.03,
    per: 10_000,
    unit: 'KMS requests',
    page: 'aws.amazon.com/kms/pricing',
    line: 'symmetric keys',
  },
  s3Writes: {
    dollars: 0.005,
    per: 1_000,
    unit: 'S3 write requests',
    page: 'aws.amazon.com/s3/pricing',
    line: 'S3 Standard: PUT, COPY, POST, LIST',
  },
  s3Reads: {
    dollars: 0.0004,
    per: 1_000,
    unit: 'S3 read requests',
    page: 'aws.amazon.com/s3/pricing',
    line: 'S3 Standard: GET and all others',
  },
} as const satisfies Record<string, Price>;

export type PricedItem = keyof typeof PRICES;
