'use strict';

// An ADS server that shares nothing with ours: grpc-js, and the protos that grpc-js-xds carries. It keeps resources,
// answers delta and state-of-the-world streams by the rules of the protocol, and reports what a client does wrong.
//
//   node ads-server.js '{"unix": PATH, "tls": {"cert", "key", "ca"}, "withoutDelta": true}'
//
// Commands come on stdin, one JSON object a line; what happens is told on stdout in the same form. Connections pass
// through a relay of bytes in this process, which can cut them anywhere.

const fs = require('fs');
const net = require('net');
const path = require('path');
const readline = require('readline');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const options = JSON.parse(process.argv[2] || '{}');
const deps = path.join(path.dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
const definition = loader.loadSync(
  [
    'envoy/service/discovery/v3/ads.proto',
    'envoy/service/secret/v3/sds.proto',
    'envoy/config/cluster/v3/cluster.proto',
    'envoy/config/endpoint/v3/endpoint.proto',
    'envoy/config/listener/v3/listener.proto',
    'envoy/config/route/v3/route.proto',
    'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
    'envoy/extensions/filters/network/rbac/v3/rbac.proto',
    'envoy/extensions/filters/listener/original_dst/v3/original_dst.proto',
    'envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.proto',
    'envoy/extensions/transport_sockets/tls/v3/tls.proto',
  ],
  {
    keepCase: true, longs: String, enums: String, defaults: true, oneofs: true,
    includeDirs: ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => path.join(deps, name)),
  });

// Responses may be bytes that a test made up.
Object.values(definition).filter((service) => !service.format).flatMap(Object.values).forEach((method) => {
  const serialize = method.responseSerialize;
  method.responseSerialize = (response) => (Buffer.isBuffer(response) ? response : serialize(response));
});
const { discovery, secret } = grpc.loadPackageDefinition(definition).envoy.service;

const urls = Object.fromEntries([
  ['Cluster', 'envoy.config.cluster.v3.Cluster'],
  ['Endpoint', 'envoy.config.endpoint.v3.ClusterLoadAssignment'],
  ['Listener', 'envoy.config.listener.v3.Listener'],
  ['Route', 'envoy.config.route.v3.RouteConfiguration'],
  ['Secret', 'envoy.extensions.transport_sockets.tls.v3.Secret'],
].map(([name, message]) => [name, `type.googleapis.com/${message}`]));
const controlPlane = { identifier: 'ads-server.js' };

const world = new Map();   // type URL -> Map of name -> { version, resource }
const streams = new Set();
let streamCount = 0;
let nonceCount = 0;
let versionCount = 0;
let isSilent = false;

function tell(event, fields) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

function resourcesOf(url) {
  if (!world.has(url)) {
    world.set(url, new Map());
  }

  return world.get(url);
}

function shortName(url) {
  return Object.keys(urls).find((name) => urls[name] === url) || url;
}

/** What a client has said of one type on one stream. */
class Interest {
  constructor() {
    this.isWildcard = false;
    this.hasNamed = false;
    this.names = new Set();
    this.sent = new Map();      // name -> version
    this.nonces = new Set();
    this.nonce = '';
  }

  covers(name) {
    return this.isWildcard || this.names.has(name);
  }

  nextNonce() {
    this.nonce = `nonce-${++nonceCount}`;
    this.nonces.add(this.nonce);
    return this.nonce;
  }
}

class Stream {
  constructor(kind, call) {
    this.kind = kind;
    this.call = call;
    this.id = ++streamCount;
    this.interests = new Map();
    this.isNamed = false;
    streams.add(this);
    tell('stream', { id: this.id, kind, headers: call.metadata.getMap(), peer: call.getPeer() });
    call.on('data', (request) => this.hear(request));
    call.on('error', () => this.close());
    call.on('end', () => { call.end(); this.close(); });
    call.on('cancelled', () => this.close());
  }

  close() {
    if (streams.delete(this)) {
      tell('closed', { id: this.id });
    }
  }

  violation(what) {
    tell('violation', { id: this.id, what });
  }

  hear(request) {
    const type = shortName(request.type_url);
    if (!this.isNamed && !(request.node && request.node.id)) {
      this.violation('the first request does not name its node');
    }

    if (this.isNamed && request.node) {
      this.violation('a later request names its node again');
    }

    const isFirst = !this.interests.has(request.type_url);
    const interest = this.interests.get(request.type_url) || new Interest();
    this.interests.set(request.type_url, interest);
    tell('request', {
      id: this.id, type,
      node: request.node ? request.node.id : undefined,
      names: request.resource_names || request.resource_names_subscribe,
      unsubscribe: request.resource_names_unsubscribe,
      has: request.initial_resource_versions,
      version: request.version_info,
      nonce: request.response_nonce,
      refusal: request.error_detail ? request.error_detail.message : undefined,
      code: request.error_detail ? request.error_detail.code : undefined,
    });
    this.isNamed = true;
    if (isFirst && request.response_nonce) {
      this.violation('the first request of a type on a stream bears a nonce');
    }

    if (request.response_nonce && !interest.nonces.has(request.response_nonce)) {
      this.violation(`the nonce ${request.response_nonce} was never given for ${type} on this stream`);
    }

    if (this.kind === 'delta') {
      this.hearDelta(request, interest, isFirst);
    } else {
      this.hearSotw(request, interest, isFirst);
    }
  }

  hearDelta(request, interest, isFirst) {
    const subscribed = request.resource_names_subscribe;
    const unsubscribed = request.resource_names_unsubscribe;
    if (request.response_nonce) {
      if (subscribed.length || unsubscribed.length || Object.keys(request.initial_resource_versions).length) {
        this.violation('an answer to a response subscribes');
      }

      return;
    }

    if (!isFirst && !subscribed.length && !unsubscribed.length) {
      this.violation('a request says nothing');
    }

    if (!isFirst && Object.keys(request.initial_resource_versions).length) {
      this.violation('a later request of a type says what it has');
    }

    interest.isWildcard ||= (isFirst && !subscribed.length) || subscribed.includes('*');
    subscribed.filter((name) => name !== '*').forEach((name) => {
      interest.names.add(name);
      interest.sent.delete(name);
    });
    unsubscribed.forEach((name) => { interest.names.delete(name); interest.sent.delete(name); });
    if (unsubscribed.includes('*')) {
      interest.isWildcard = false;
    }

    Object.entries(request.initial_resource_versions).forEach(([name, version]) => interest.sent.set(name, version));
    this.push(request.type_url, isFirst || subscribed.length > 0, subscribed);
  }

  hearSotw(request, interest, isFirst) {
    if (!isFirst && request.response_nonce !== interest.nonce) {
      tell('stale', { id: this.id, nonce: request.response_nonce });
      return;
    }

    const names = new Set(request.resource_names.filter((name) => name !== '*'));
    const isWildcard = request.resource_names.includes('*') || (!request.resource_names.length && !interest.hasNamed);
    const isSame = !isFirst && isWildcard === interest.isWildcard && names.size === interest.names.size
      && [...names].every((name) => interest.names.has(name));
    interest.hasNamed ||= request.resource_names.length > 0;
    interest.isWildcard = isWildcard;
    interest.names = names;
    if (!isSame && (isWildcard || names.size)) {
      this.push(request.type_url, true, []);
    }
  }

  /** Sends what changed of a type since it was sent last. */
  push(url, isDue, justSubscribed) {
    const interest = this.interests.get(url);
    if (!interest || isSilent) {
      return;
    }

    const wanted = [...resourcesOf(url)].filter(([name]) => interest.covers(name));
    if (this.kind === 'sotw') {
      this.write(url, {
        version_info: `v${versionCount}`,
        resources: wanted.map(([, { resource }]) => resource),
        nonce: interest.nextNonce(),
      });
      return;
    }

    const changed = wanted.filter(([name, { version }]) => interest.sent.get(name) !== version);
    const removed = [...new Set([...interest.sent.keys(), ...justSubscribed.filter((name) => name !== '*')])]
      .filter((name) => !resourcesOf(url).has(name));
    changed.forEach(([name, { version }]) => interest.sent.set(name, version));
    removed.forEach((name) => interest.sent.delete(name));
    if (isDue || changed.length || removed.length) {
      this.write(url, {
        system_version_info: `v${versionCount}`,
        resources: changed.map(([name, { version, resource, ttl }]) => ({ name, version, resource, ttl })),
        removed_resources: removed,
        nonce: interest.nextNonce(),
      });
    }
  }

  write(url, response) {
    tell('response', { id: this.id, type: shortName(url), nonce: response.nonce });
    this.call.write({ type_url: url, control_plane: controlPlane, ...response });
  }

  /** Sends what the test says, sound or not. */
  writeRaw({ type, resources, removed, version, errors }) {
    const url = urls[type] || type;
    const interest = this.interests.get(url) || new Interest();
    this.interests.set(url, interest);
    const packed = resources.map(({ name, version: own, url: its, hex, size }) => ({
      name, version: own,
      resource: { type_url: its || url, value: size ? Buffer.alloc(size, 'x') : Buffer.from(hex || '', 'hex') },
    }));
    const response = { nonce: interest.nextNonce(), resource_errors: errors || [] };
    if (this.kind === 'delta') {
      this.write(url, { ...response, resources: packed, removed_resources: removed || [] });
    } else {
      this.write(url, { ...response, version_info: version, resources: packed.map(({ resource }) => resource) });
    }
  }
}

const commands = {
  /** { type, resources: [{ name, body, ttl }] }: new or changed; the body is the message as JSON, without its name. */
  set({ type, resources }) {
    const url = urls[type];
    versionCount++;
    resources.forEach(({ name, body, ttl }) => {
      const named = type === 'Endpoint' ? { cluster_name: name } : { name };
      resourcesOf(url).set(name, { version: `${versionCount}`, ttl, resource: { '@type': url, ...named, ...body } });
    });
    streams.forEach((stream) => stream.push(url, false, []));
  },
  /** Says of resources with a ttl that they still exist; to streams of delta. */
  heartbeat({ type, names }) {
    const url = urls[type];
    const resources = names.map((name) => ({ name, version: resourcesOf(url).get(name).version, ttl: resourcesOf(url).get(name).ttl }));
    streams.forEach((stream) => stream.write(url, { resources, nonce: stream.interests.get(url).nextNonce() }));
  },
  remove({ type, names }) {
    versionCount++;
    names.forEach((name) => resourcesOf(urls[type]).delete(name));
    streams.forEach((stream) => stream.push(urls[type], false, []));
  },
  send(response) {
    streams.forEach((stream) => stream.writeRaw(response));
  },
  /** Responses one after the other, as fast as they go. */
  flood({ type, count, size }) {
    for (let i = 0; i < count; i++) {
      streams.forEach((stream) => stream.writeRaw({ type, version: `${i}`, resources: [{ name: `flood-${i}`, version: '1', hex: Buffer.alloc(size, 'x').toString('hex') }] }));
    }
  },
  /** Bytes that are no response. */
  garbage({ hex }) {
    streams.forEach(({ call }) => call.write(Buffer.from(hex, 'hex')));
  },
  /** Does not read what its clients send. */
  deafness({ on }) {
    streams.forEach(({ call }) => (on ? call.pause() : call.resume()));
  },
  silence({ on }) {
    isSilent = on;
  },
  end({ code, details }) {
    streams.forEach(({ call }) => (code ? call.emit('error', { code, details }) : call.end()));
  },
  /** Connections break after so many more bytes to the client. */
  cut({ bytes }) {
    relay.cutAfter(bytes);
  },
  /** Connections that come are closed at once. */
  refuse({ on }) {
    relay.isRefusing = on;
  },
  /** Nothing passes on the connections of now, and nobody is told. */
  freeze() {
    relay.freeze();
  },
  /** Everything before this is done. */
  ping({ id }) {
    tell('pong', { id });
  },
};

/** Between the clients and the gRPC server. */
class Relay {
  constructor(target) {
    this.isRefusing = false;
    this.remaining = Infinity;
    this.pairs = new Set();
    this.server = net.createServer((client) => this.accept(client, target));
  }

  accept(client, target) {
    if (this.isRefusing) {
      client.destroy();
      return;
    }

    const server = net.connect(target);
    const pair = { client, server, isFrozen: false };
    this.pairs.add(pair);
    const end = () => { this.pairs.delete(pair); client.destroy(); server.destroy(); };
    [client, server].forEach((socket) => socket.on('error', end).on('close', end));
    client.on('data', (data) => { if (!pair.isFrozen) { server.write(data); } });
    server.on('data', (data) => {
      if (pair.isFrozen) {
        return;
      }

      const part = data.subarray(0, Math.min(data.length, this.remaining));
      this.remaining -= part.length;
      client.write(part, () => { if (this.remaining === 0) { this.remaining = Infinity; tell('cut', {}); end(); } });
    });
  }

  cutAfter(bytes) {
    this.remaining = bytes;
  }

  freeze() {
    this.pairs.forEach((pair) => { pair.isFrozen = true; });
  }
}

let relay;

function credentials() {
  if (!options.tls) {
    return grpc.ServerCredentials.createInsecure();
  }

  const { cert, key, ca } = options.tls;
  return grpc.ServerCredentials.createSsl(
    ca ? fs.readFileSync(ca) : null,
    [{ cert_chain: fs.readFileSync(cert), private_key: fs.readFileSync(key) }],
    Boolean(ca));
}

function refuseDelta(call) {
  tell('without-delta', {});
  call.emit('error', { code: grpc.status.UNIMPLEMENTED, details: 'this server does not know delta' });
}

const server = new grpc.Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
server.addService(discovery.v3.AggregatedDiscoveryService.service, {
  StreamAggregatedResources: (call) => new Stream('sotw', call),
  DeltaAggregatedResources: (call) => (options.withoutDelta ? refuseDelta(call) : new Stream('delta', call)),
});
server.addService(secret.v3.SecretDiscoveryService.service, {
  StreamSecrets: (call) => new Stream('sotw', call),
  DeltaSecrets: (call) => new Stream('delta', call),
});
server.bindAsync('127.0.0.1:0', credentials(), (error, port) => {
  if (error) {
    throw error;
  }

  relay = new Relay({ host: '127.0.0.1', port });
  relay.server.listen(options.unix || { host: '127.0.0.1', port: 0 }, () => {
    const address = relay.server.address();
    tell('listening', { address: options.unix ? `unix:${options.unix}` : `127.0.0.1:${address.port}` });
  });
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { command, ...parameters } = JSON.parse(line);
  commands[command](parameters);
}).on('close', () => process.exit(0));
