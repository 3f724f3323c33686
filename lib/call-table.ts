import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** What the functions and the table must agree on; a test compares it with what the functions use. */
export const callTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  byAccount: {
    indexName: 'byAccount',
    partitionKey: 'gsi1pk',
    sortKey: 'gsi1sk',
    nonKeyAttributes: ['number'],
  },
};

const key = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The one table: accounts, numbers, calls and what belongs to a call. Paid per request, restorable to any
 * second of the last 35 days, encrypted with the AWS account's `aws/dynamodb` key.
 */
export class CallTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    const { byAccount } = callTable;
    this.table = new Table(this, 'Table', {
      partitionKey: key(callTable.partitionKey),
      sortKey: key(callTable.sortKey),
      timeToLiveAttribute: callTable.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byAccount.indexName,
      partitionKey: key(byAccount.partitionKey),
      sortKey: key(byAccount.sortKey),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: byAccount.nonKeyAttributes,
    });
  }

  /** Allows operations on items, such as `GetItem`. */
  grant(grantee: IGrantable, ...operations: string[]): void {
    this.#allow(grantee, operations, [this.table.tableArn]);
  }

  /** Allows to query the table and its index. CDK's own grant would name the indexes by a wildcard. */
  grantQuery(grantee: IGrantable): void {
    this.#allow(
      grantee,
      ['Query'],
      [this.table.tableArn, `${this.table.tableArn}/index/${callTable.byAccount.indexName}`],
    );
  }

  #allow(grantee: IGrantable, operations: string[], resourceArns: string[]): void {
    const actions = operations.map(operation => `dynamodb:${operation}`);
    Grant.addToPrincipal({ grantee, actions, resourceArns });
  }
}
