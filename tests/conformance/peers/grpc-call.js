// A gRPC client by npm's grpc-js with grpc-js-xds, over xds:///. For each line of standard input it calls grpc-call.js TARGET once, and
// prints who answered, or the status. GRPC_XDS_BOOTSTRAP says where the control plane is.
'use strict';
const readline = require('readline');
const grpc = require('@grpc/grpc-js');
require('@grpc/grpc-js-xds').register();

const bytes = (value) => value;
const client = new grpc.Client(`xds:///${process.argv[2]}`, grpc.credentials.createInsecure());
readline.createInterface({ input: process.stdin }).on('line', () => {
  const deadline = new Date(Date.now() + 20000);
  client.makeUnaryRequest('/intercept.Echo/Say', bytes, bytes, Buffer.alloc(0), { deadline, waitForReady: true }, (error, answer) => {
    console.log(error ? `${grpc.status[error.code]} ${error.details}` : answer.toString());
  });
}).on('close', () => client.close());
