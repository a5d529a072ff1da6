// SPDX-License-Identifier: Apache-2.0

// What Node's http server reads of connections, each over a socket of its own.
//
// Takes an array of strings in base64 on its standard input, the bytes of one connection each, and
// prints the versions and an array of what was read: requests, and how the connection ended.
'use strict';
const http = require('node:http');
const net = require('node:net');

const connectionsAtATime = 128;
const reports = new Map();

function read(request, response) {
  const report = reports.get(request.socket.remotePort);
  const read = {
    method: request.method, target: request.url, version: request.httpVersion,
    headers: request.rawHeaders, body: '', isWhole: false,
  };
  const pieces = [];
  report.requests.push(read);
  request.on('data', (piece) => pieces.push(piece));
  request.on('close', () => { read.body = Buffer.concat(pieces).toString('base64'); });
  request.on('end', () => {
    read.isWhole = request.complete;
    if (response) response.writeHead(200, { 'Content-Length': 0 }).end();
  });
  request.on('error', () => {});
}

const server = http.createServer({
  insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: 64 << 10,
  keepAliveTimeout: 4000, headersTimeout: 4000, requestTimeout: 4000,
  connectionsCheckingInterval: 500,
}, read);
server.on('checkContinue', (request, response) => read(request, response));
server.on('checkExpectation', (request, response) => read(request, response));
server.on('connect', (request, socket) => { read(request); socket.end(); });
server.on('connection', (socket) => {
  const report = { requests: [], error: '' };
  reports.set(socket.remotePort, report);
  socket.on('error', () => {});
});
server.on('clientError', (error, socket) => {
  const report = reports.get(socket.remotePort);
  if (report && !report.error) report.error = error.code || error.message;
  socket.destroy();
});

function send(bytes) {
  return new Promise((resolve) => {
    const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
    let port;
    let answer = '';
    client.on('connect', () => { port = client.localPort; client.end(bytes); });
    client.on('data', (piece) => { answer += piece.toString('latin1'); });
    client.on('end', () => {});
    client.on('error', () => {});
    client.on('close', () => {
      const report = reports.get(port) || { requests: [], error: 'no connection' };
      reports.delete(port);
      // What is refused without an event is seen from its answer alone.
      const refusal = /HTTP\/1\.1 (4\d\d|5\d\d)/.exec(answer);
      if (!report.error && refusal) report.error = `answers ${refusal[1]}`;
      resolve(report);
    });
  });
}

async function main() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  const inputs = JSON.parse(Buffer.concat(pieces).toString());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  const results = new Array(inputs.length);
  let next = 0;
  async function work() {
    while (next < inputs.length) {
      const index = next++;
      results[index] = await send(Buffer.from(inputs[index], 'base64'));
    }
  }
  await Promise.all(Array.from({ length: connectionsAtATime }, work));
  server.close();
  const { node, llhttp } = process.versions;
  console.log(JSON.stringify({ node, llhttp, connections: results }));
  process.exit(0);
}

main();
