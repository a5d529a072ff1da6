// SPDX-License-Identifier: Apache-2.0

// Sends with Node's http, as winston's transport does, and with fetch: agent.js PORT
const http = require("http");
const port = Number(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function post(body, headers) {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", path: "/logs", method: "POST", headers, agent };
    const request = http.request(options, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve(JSON.parse(text)));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function main() {
  const answers = [];
  for (let n = 0; n < 10; n++) {
    answers.push(await post(JSON.stringify({ from: "http", n }), { "Content-Type": "application/json" }));
  }
  agent.destroy();
  const body = '{"from":"fetch"}\n{"from":"fetch"}\n';
  answers.push(await (await fetch(`http://127.0.0.1:${port}/logs`, { method: "POST", body })).json());
  console.log(JSON.stringify({ answers, connections: 0 }));
}

main();
