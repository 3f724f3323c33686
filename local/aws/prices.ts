/** One line of a price list: so many dollars for so many units. */
export interface Price {
  dollars: number;
  per: number;
  unit: string;
}

/**
 * List prices in US dollars, US East (N. Virginia), first tier, without the free tier. Looked up in 2026; each with the page that it
 * stands on. Prices change: the pages are right.
 */
export const PRICES = {
  // aws.amazon.com/api-gateway/pricing, "HTTP APIs": first 300 million requests a month, of 512 kB each.
  httpApi: { dollars: 1.0, per: 1_000_000, unit: 'HTTP API requests' },
  // aws.amazon.com/lambda/pricing, "Arm Price": requests.
  lambdaRequests: { dollars: 0.2, per: 1_000_000, unit: 'Lambda requests' },
  // aws.amazon.com/lambda/pricing, "Arm Price": duration, first 7.5 billion GB-seconds a month.
  lambdaDuration: { dollars: 0.0000133334, per: 1, unit: 'Lambda GB-seconds (Arm)' },
  // aws.amazon.com/dynamodb/pricing/on-demand, standard table class (halved in November 2024).
  dynamoDbReads: { dollars: 0.125, per: 1_000_000, unit: 'DynamoDB read request units' },
  // aws.amazon.com/dynamodb/pricing/on-demand, standard table class (halved in November 2024).
  dynamoDbWrites: { dollars: 0.625, per: 1_000_000, unit: 'DynamoDB write request units' },
  // aws.amazon.com/eventbridge/pricing, "Custom events": each 64 kB of an event is one. Rules and delivery cost nothing.
  busEntries: { dollars: 1.0, per: 1_000_000, unit: 'EventBridge events' },
  // aws.amazon.com/sqs/pricing, "Standard queues": each 64 kB of a request is one.
  sqsStandard: { dollars: 0.4, per: 1_000_000, unit: 'SQS standard requests' },
  // aws.amazon.com/sqs/pricing, "FIFO queues".
  sqsFifo: { dollars: 0.5, per: 1_000_000, unit: 'SQS FIFO requests' },
  // aws.amazon.com/kms/pricing: symmetric keys.
  kms: { dollars: 0.03, per: 10_000, unit: 'KMS requests' },
  // aws.amazon.com/s3/pricing, S3 Standard: PUT, COPY, POST, LIST.
  s3Writes: { dollars: 0.005, per: 1_000, unit: 'S3 write requests' },
  // aws.amazon.com/s3/pricing, S3 Standard: GET, SELECT and all others.
  s3Reads: { dollars: 0.0004, per: 1_000, unit: 'S3 read requests' },
} as const satisfies Record<string, Price>;

export type PricedItem = keyof typeof PRICES;
