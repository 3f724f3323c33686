import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { callsMetric } from '../../edge/process/json-log.ts';
import { readSettings } from '../../edge/process/settings.ts';
import { DialplaneStack } from '../../lib/dialplane-stack.ts';
import { RTPENGINE_ARGUMENTS } from '../../lib/rtpengine-arguments.ts';
import { SipEdgeStack } from '../../lib/sip-edge-stack.ts';
import { transportLimits } from '../../sip/transport/limits.ts';
import { type Deployment, deploy, deployEdge, type EdgeDeployment, env, testApp } from './deployment.ts';
import { asText, type Grant, grants, hasWildcard } from './policies.ts';

const certificate = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:sip-AbCdEf';
const { edge, dialplane } = deployEdge();
const secured = deployEdge({
  edgeCertificateSecretArn: certificate,
  edgeNetworks: ['192.0.2.0/24'],
  edgeCallerNumber: '+12025550110',
  allowedNetworks: ['10.1.0.0/16'],
  logLevel: 'warn',
  edgeCpu: 1024,
  edgeRtpengineAddress: '10.1.0.7:22222',
}).edge;

const container = (deployment: Deployment) =>
  deployment.only('AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];
const environment = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(
    container(deployment).Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [
      Name,
      typeof Value === 'string' ? Value : 'something',
    ]),
  );

describe('The edge', () => {
  test('understands its environment, with everything that is set and with nothing', () => {
    const plain = readSettings(environment(edge));
    expect(plain).toMatchObject({
      insideNetworks: ['3.80.16.0/23'],
      healthPort: 8080,
      mediaPorts: { least: 20_000, most: 23_999 },
      rtpengine: undefined,
      drainSeconds: 10,
      afterwards: 'hand-over',
      certificate: undefined,
    });
    const full = readSettings(environment(secured));
    expect(full).toMatchObject({
      certificate: { secretArn: certificate },
      callerNumber: '+12025550110',
      allowedNetworks: ['10.1.0.0/16'],
      logLevel: 'warn',
      rtpengine: '10.1.0.7:22222',
    });
    const named = ['VOICE_CONNECTOR', 'TELEPHONE_CONNECTOR'].flatMap(name => [`${name}_HOST`, `${name}_ID`]);
    for (const name of [...named, 'EDGE_COMMAND_QUEUE_URL']) {
      expect(environment(edge)).toHaveProperty(name);
    }
  });

  test('is one task at any time, since the next one goes on with its bridges', () => {
    expect(edge.only('AWS::ECS::Service').Properties).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
  });

  test('has time to drain before Fargate ends it', () => {
    const { StopTimeout } = container(edge);
    expect(Number(environment(edge)['DRAIN_SECONDS'])).toBeLessThan(StopTimeout);
  });

  test('runs on ARM64, cannot write to its file system, and reaches the world without NAT', () => {
    expect(edge.only('AWS::ECS::TaskDefinition').Properties.RuntimePlatform).toMatchObject({
      CpuArchitecture: 'ARM64',
    });
    expect(container(edge)).toMatchObject({ ReadonlyRootFilesystem: true });
    expect(edge.of('AWS::EC2::NatGateway')).toEqual([]);
    const { NetworkConfiguration } = edge.only('AWS::ECS::Service').Properties;
    expect(NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('ENABLED');
  });

  test('has the memory that goes with its CPU', () => {
    expect(secured.only('AWS::ECS::TaskDefinition').Properties).toMatchObject({
      Cpu: '1024',
      Memory: '2048',
    });
  });

  test('may do what its work needs and no more', () => {
    const rights = (deployment: Deployment) =>
      grants(deployment)
        .filter(({ policy }) => policy.startsWith('EdgeTaskTaskRole'))
        .map(({ action }) => action)
        .filter(action => action !== 'sts:AssumeRole')
        .sort();
    // Of two connectors.
    const always = [
      'chime:GetVoiceConnectorTermination',
      'chime:GetVoiceConnectorTermination',
      'chime:PutVoiceConnectorTermination',
      'chime:PutVoiceConnectorTermination',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      // The table, and its index.
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'kms:Decrypt',
      'sqs:DeleteMessage',
      'sqs:ReceiveMessage',
    ];
    expect(rights(edge)).toEqual(always);
    expect(rights(secured)).toEqual([...always, 'secretsmanager:GetSecretValue'].sort());
  });

  test('is granted nothing by a wildcard but what has no resource to name', () => {
    const explained = ({ action, resource }: Grant) =>
      resource === '*' && /^(ecr:GetAuthorizationToken|xray:Put.*)$/.test(action);
    expect(grants(secured).filter(grant => hasWildcard(grant) && !explained(grant))).toEqual([]);
  });
});

describe('The rtpengine beside the edge', () => {
  const beside = deployEdge({ edgeRtpengine: true }).edge;
  const [edgeContainer, engine] = beside.only('AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
  const argument = (name: string) =>
    engine.Command.find((given: string) => given.startsWith(`--${name}=`))?.split('=')[1];

  test('takes commands where the edge sends them, which nobody else can reach', () => {
    const { rtpengine } = readSettings(environment(beside));
    expect(rtpengine).toBe('127.0.0.1:22222');
    expect(argument('listen-ng')).toBe(rtpengine);
    expect(engine.Command).toEqual(RTPENGINE_ARGUMENTS);
    expect(engine.PortMappings ?? []).toEqual([]);
  });

  test('has ports for media of its own, open like those of the edge', () => {
    const { mediaPorts } = readSettings(environment(beside));
    expect(Number(argument('port-max'))).toBe((mediaPorts?.least ?? 0) - 1);
    const opened = beside
      .of('AWS::EC2::SecurityGroup')
      .filter(([id]) => id.startsWith('EdgeSecurityGroup'))
      .flatMap(([, { Properties }]) => Properties.SecurityGroupIngress);
    expect(opened).toMatchObject([
      { IpProtocol: 'udp', FromPort: Number(argument('port-min')), ToPort: mediaPorts?.most },
    ]);
  });

  test('is there before the edge and goes after it, and is started again when it fails', () => {
    expect(edgeContainer.DependsOn).toEqual([{ ContainerName: engine.Name, Condition: 'START' }]);
    expect(engine).toMatchObject({
      ReadonlyRootFilesystem: true,
      RestartPolicy: { Enabled: true },
      StopTimeout: edgeContainer.StopTimeout,
    });
  });

  test('is not there unless it is asked for, and not beside another one', () => {
    expect(edge.only('AWS::ECS::TaskDefinition').Properties.ContainerDefinitions).toHaveLength(1);
    expect(() => deployEdge({ edgeRtpengine: true, edgeRtpengineAddress: '10.1.0.7:22222' })).toThrow(
      'set one of them',
    );
  });
});

describe('The way to the edge', () => {
  test('is UDP and TCP on one port, TLS where there is a certificate, and keeps the addresses of senders', () => {
    const listeners = (deployment: Deployment) =>
      deployment
        .of('AWS::ElasticLoadBalancingV2::Listener')
        .map(([, { Properties }]) => `${Properties.Protocol} ${Properties.Port}`);
    expect(listeners(edge)).toEqual(['TCP_UDP 5060']);
    // The edge itself ends TLS: the balancer passes it on.
    expect(listeners(secured).sort()).toEqual(['TCP 5061', 'TCP_UDP 5060']);
    for (const [, { Properties }] of secured.of('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      expect(Properties.TargetGroupAttributes).toContainEqual({
        Key: 'preserve_client_ip.enabled',
        Value: 'true',
      });
      expect(Properties).toMatchObject({ HealthCheckPath: '/healthz', HealthCheckPort: '8080' });
    }
  });

  test('does not forget a phone that is quiet: the edge speaks before the balancer’s time is over', () => {
    const attributes = secured
      .of('AWS::ElasticLoadBalancingV2::Listener')
      .map(([, { Properties }]) => [Properties.Protocol, Properties.ListenerAttributes]);
    expect(Object.fromEntries(attributes)).toEqual({
      TCP: [{ Key: 'tcp.idle_timeout.seconds', Value: '6000' }],
      // It has what AWS gives unless told otherwise.
      TCP_UDP: undefined,
    });
    const usualMs = 350_000;
    const { probeMs, probeAgainMs, probes } = transportLimits;
    expect(probeMs + probes * probeAgainMs).toBeLessThan(usualMs);
  });

  test('is open to all unless networks are named, and then to those and the voice service', () => {
    const from = (deployment: Deployment, group: string) => [
      ...new Set(
        deployment
          .of('AWS::EC2::SecurityGroup')
          .filter(([id]) => id.startsWith(group))
          .flatMap(([, { Properties }]) => Properties.SecurityGroupIngress ?? [])
          .map(({ CidrIp }: { CidrIp: string }) => CidrIp),
      ),
    ];
    const signalling = ['3.80.16.0/23', '192.0.2.0/24'];
    const older = ['52.55.62.128/25', '52.55.63.0/25', '34.212.95.128/25', '34.223.21.0/25'];
    expect(from(edge, 'FrontSecurityGroup')).toEqual(['0.0.0.0/0']);
    expect(from(edge, 'EdgeSecurityGroup')).toEqual(['0.0.0.0/0']);
    expect(from(secured, 'FrontSecurityGroup')).toEqual(signalling);
    expect(from(secured, 'EdgeSecurityGroup')).toEqual([...signalling, ...older]);
  });

  test('leads media straight to the task, at the ports that the edge has', () => {
    const media = edge
      .of('AWS::EC2::SecurityGroup')
      .filter(([id]) => id.startsWith('EdgeSecurityGroup'))
      .flatMap(([, { Properties }]) => Properties.SecurityGroupIngress);
    expect(media).toMatchObject([{ IpProtocol: 'udp', FromPort: 20_000, ToPort: 23_999 }]);
  });

  test('leads everything else only through the load balancer to the task', () => {
    for (const [, { Properties }] of edge.of('AWS::EC2::SecurityGroupIngress')) {
      expect(asText(Properties.SourceSecurityGroupId)).toMatch(/^<FrontSecurityGroup/);
    }
  });

  test('has addresses that stay, which the voice service calls and the edge calls itself', () => {
    expect(edge.of('AWS::EC2::EIP')).toHaveLength(2);
    const { Hosts, Port } = edge.only('Custom::VoiceConnectorOrigination').Properties;
    expect(asText(Hosts)).toMatch(/^<FrontAddress1\w+\.PublicIp>,<FrontAddress2\w+\.PublicIp>$/);
    expect(Port).toBe('5060');
    const advertised = container(edge).Environment.find(
      ({ Name }: { Name: string }) => Name === 'ADVERTISED_ADDRESS',
    );
    expect(asText(advertised.Value)).toBe(asText(Hosts).split(',')[0]);
  });

  test('is closed when the edge is gone, and cannot open it again', () => {
    const [service] = Object.values(edge.template.findResources('AWS::ECS::Service'));
    const [[origination] = []] = edge.of('Custom::VoiceConnectorOrigination');
    expect(service?.['DependsOn']).toContain(origination);
  });
});

describe('The stack before it, with sipEdge', () => {
  test('tells the functions that send calls to the edge, and lets them', () => {
    for (const folder of ['api', 'sma-handler', 'originate']) {
      const [, { Properties }] = dialplane.functionIn(folder);
      expect(Object.keys(Properties.Environment.Variables)).toEqual(
        expect.arrayContaining(['EDGE_COMMAND_QUEUE_URL', 'EDGE_VOICE_CONNECTOR_ARN']),
      );
    }
    const senders = grants(dialplane)
      .filter(
        ({ action, resource }) => action === 'sqs:SendMessage' && /^<EdgeEdgeCommandsQueue/.test(resource),
      )
      .map(({ policy }) => policy.replace(/Role.*/, ''));
    expect(senders.sort()).toEqual(['FunctionsApi', 'FunctionsOriginate', 'FunctionsSmaHandler']);
  });

  test('leads what is called at the connector’s host name to the SIP media application', () => {
    const connectors = dialplane.of('AWS::Chime::VoiceConnector').map(([, { Properties }]) => Properties);
    expect(connectors.map(({ RequireEncryption }) => RequireEncryption)).toEqual([false, false]);
    const { HostName, PhoneNumber } = dialplane.only('Custom::SipRule').Properties;
    expect(asText(HostName)).toMatch(/^<EdgeConnector\w+\.OutboundHostName>$/);
    expect(PhoneNumber).toBeUndefined();
  });

  test('leaves what is called at the other connector’s to the telephone network', () => {
    const rules = dialplane.of('Custom::SipRule').map(([, { Properties }]) => asText(Properties.HostName));
    expect(rules.filter(host => host.includes('Telephone'))).toEqual([]);
  });

  test('and without it knows nothing of an edge', () => {
    const text = JSON.stringify(deploy().template.toJSON());
    expect(text).not.toMatch(/EDGE_|VoiceConnector"|EdgeCommands/);
  });
});

describe('Alarms', () => {
  test('tell of an edge that is not there, that ends by an error, and that is short of CPU', () => {
    const names = edge.of('AWS::CloudWatch::Alarm').map(([id]) => id.replace(/^Alarms|[0-9A-F]{8}$/g, ''));
    expect(names.sort()).toEqual(['EdgeBusy', 'EdgeCrashes', 'EdgeFull', 'EdgeUnhealthy']);
    const unhealthy = edge.of('AWS::CloudWatch::Alarm').find(([id]) => id.includes('Unhealthy'))?.[1];
    expect(unhealthy?.Properties).toMatchObject({ Threshold: 1, TreatMissingData: 'breaching' });
  });

  test('tell of an edge that has nearly as many calls as it takes, by the metric in its own log', () => {
    const full = (deployment: Deployment) =>
      deployment.of('AWS::CloudWatch::Alarm').find(([id]) => id.includes('EdgeFull'))?.[1].Properties;
    const { name, deployment, maxCalls } = readSettings(environment(edge));
    expect(maxCalls).toBe(1_000);
    expect(full(edge).Threshold).toBe(800);
    expect(full(deployEdge({ edgeCalls: 50 }).edge).Threshold).toBe(40);
    // Two deployments in an account have two alarms.
    expect(deployment).toBe('DialplaneEdge');
    const { _aws, ...values } = JSON.parse(callsMetric({ deployment, edge: name, calls: 7, minuteMs: 0 }));
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect(full(edge)).toMatchObject({
      Namespace,
      MetricName: Metrics[0].Name,
      Dimensions: Dimensions[0].map((Name: string) => ({ Name, Value: values[Name] })),
    });
  });

  test('tell of commands that wait or were given up', () => {
    const ids = dialplane.of('AWS::CloudWatch::Alarm').map(([id]) => id);
    expect(ids.filter(id => id.includes('EdgeCommands'))).toHaveLength(2);
  });

  test('of crashes look for the very words of the edge', () => {
    const { FilterPattern } = edge.only('AWS::Logs::MetricFilter').Properties;
    const [, words] = /"(.*)"/.exec(FilterPattern) ?? [];
    expect(readFileSync(new URL('../../edge/main.ts', import.meta.url), 'utf8')).toContain(`'${words}'`);
  });
});

describe.each<[string, EdgeDeployment]>([
  ['by default', {}],
  [
    'with a certificate and networks',
    { edgeCertificateSecretArn: certificate, edgeNetworks: ['192.0.2.0/24'] },
  ],
  ['with an rtpengine', { edgeRtpengine: true }],
  ['with several edges', { edgeTasks: 2 }],
])('A deployment %s', (_, { edgeTasks = 1, ...settings }) => {
  test.each([AwsSolutionsChecks, ServerlessChecks])('leaves no finding of %o unacknowledged', Pack => {
    const app = testApp();
    const before = new DialplaneStack(app, 'Dialplane', { env, sipEdge: true, edgeTasks });
    new SipEdgeStack(app, 'DialplaneEdge', { env, dialplane: before, ...settings });

    expect(new Pack(app).validateScope(app).violations).toEqual([]);
  });
});

describe('A setting that cannot be deployed', () => {
  test.each<[EdgeDeployment, string]>([
    [{ edgeNetworks: ['192.0.2.1'] }, 'edgeNetworks: "192.0.2.1" is not an IPv4 network'],
    [{ edgeNetworks: ['192.0.2.0/33'] }, 'edgeNetworks: "192.0.2.0/33" is not an IPv4 network'],
    [{ edgeCallerNumber: '2025550110' }, 'edgeCallerNumber: "2025550110" is not an E.164 number'],
    [{ edgeCpu: 700 }, 'edgeCpu: 700 is not possible; choose one of 256, 512, 1024, 2048.'],
    [{ edgeCalls: 0 }, 'edgeCalls: 0 is not possible; choose a whole number from 1 to 20000.'],
    [{ edgeCalls: 20_001 }, 'edgeCalls: 20001 is not possible'],
    [{ edgeTargetCalls: 0 }, 'edgeTargetCalls: 0 is not possible'],
    [{ edgeCalls: 50, edgeTargetCalls: 51 }, 'choose a whole number from 1 to edgeCalls, 50.'],
    [{ edgeTasks: 0 }, 'edgeTasks: 0 is not possible; choose a whole number from 1 to 5.'],
    [{ edgeTasks: 6 }, 'edgeTasks: 6 is not possible'],
    [{ edgeDrainSeconds: 300 }, 'edgeDrainSeconds: 300 is not possible; Fargate waits for 110.'],
  ])('%j is refused in a sentence', (settings, sentence) => {
    expect(() => deployEdge(settings)).toThrow(sentence);
  });

  test('is a Region without Voice Connectors, and a stack without the way to an edge', () => {
    const make = (region: string, sipEdge: boolean) => () => {
      const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
      const settings = { env: { region }, sipEdge };
      const before = new DialplaneStack(app, 'Dialplane', settings);
      new SipEdgeStack(app, 'Edge', { ...settings, dialplane: before });
    };
    expect(make('us-east-1', false)).toThrow('needs a DialplaneStack with `sipEdge: true`');
    expect(make('eu-north-1', true)).toThrow('Region eu-north-1');
  });
});

describe('The image', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const dockerfile = readFileSync(join(root, 'edge/Dockerfile'), 'utf8');
  const out = mkdtempSync(join(tmpdir(), 'dialplane-image-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test.each(['edge/Dockerfile', 'edge/rtpengine/Dockerfile'])(
    '%s names the release of its base, ends as somebody who is not root, and copies what is there',
    file => {
      const lines = readFileSync(join(root, file), 'utf8')
        .replaceAll(/\\\n\s*/g, '')
        .split('\n');
      const given = (instruction: string) =>
        lines.flatMap(line =>
          line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : [],
        );
      for (const base of given('FROM')) expect(base).toMatch(/^[\w./-]+:[\w.-]*bookworm-slim( AS \w+)?$/);
      const user = lines.findLastIndex(line => line.startsWith('USER '));
      expect(user).toBeGreaterThan(lines.findLastIndex(line => line.startsWith('FROM ')));
      expect(lines[user]).toMatch(/^USER (node|nobody)$/);
      const sources = given('COPY').flatMap(copy =>
        copy.startsWith('--from=') ? [] : copy.split(' ').slice(0, -1),
      );
      expect(sources.filter(source => !existsSync(join(root, source)))).toEqual([]);
      // Packages leave no lists behind, and bring nothing that they only recommend.
      for (const run of given('RUN').filter(command => command.includes('apt-get'))) {
        expect(run).toMatch(
          /apt-get update && apt-get install .*--no-install-recommends .*&& rm -rf \/var\/lib\/apt\/lists/,
        );
      }
    },
  );

  test('is built from sources alone, and they are enough: bundled, they start', () => {
    const app = new App({ outdir: out, context: { 'aws:cdk:bundling-stacks': [] } });
    const before = new DialplaneStack(app, 'Dialplane', { env, sipEdge: true });
    new SipEdgeStack(app, 'DialplaneEdge', { env, dialplane: before });
    app.synth();
    const staged = readdirSync(out)
      .filter(name => name.startsWith('asset.'))
      .map(name => join(out, name))
      .find(folder => readdirSync(folder).includes('package-lock.json')) as string;
    expect(readdirSync(staged)).not.toEqual(expect.arrayContaining(['node_modules']));
    expect(readdirSync(staged)).not.toEqual(expect.arrayContaining(['test']));

    const [, command] = /^RUN npx (esbuild .*)$/m.exec(dockerfile) ?? [];
    const built = spawnSync('bash', ['-c', `"${root}node_modules/.bin/"${command}`], {
      cwd: staged,
      encoding: 'utf8',
      env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    });
    expect(built.stderr).not.toMatch(/error/i);
    const [, started = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
    const [program, ...words] = JSON.parse(started) as string[];
    expect(program).toBe('node');
    const args = words.map(word => word.replace(/^\/edge\//, `${staged}/dist/`));
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: {},
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'TABLE_NAME is not set, and the SIP edge cannot start without it.\n',
    });
  });
});
