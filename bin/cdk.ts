#!/usr/bin/env node
import { App } from 'aws-cdk-lib';
import { addChecks } from '../lib/checks.ts';
import { settingsFromContext } from '../lib/context.ts';
import { DialplaneStack } from '../lib/dialplane-stack.ts';
import { SettingError } from '../lib/settings.ts';
import { SipEdgeStack } from '../lib/sip-edge-stack.ts';

/** The CDK app: `npx cdk deploy -c phoneNumbers=+12025550110`. docs/deploying.md lists what `-c` takes. */
try {
  const app = new App();
  const { stackName, ...settings } = settingsFromContext(key => app.node.tryGetContext(key));
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const env = { ...(account && { account }), ...(region && { region }) };
  const dialplane = new DialplaneStack(app, stackName, { ...settings, env });
  if (settings.sipEdge) new SipEdgeStack(app, `${stackName}Edge`, { ...settings, env, dialplane });
  addChecks(app);
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  process.exit(1);
}
