// A server by openapi-backend that answers with what it makes up: node backend.mjs FOLDER DOCUMENT PORT.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, document, port] = process.argv.slice(2);
const { OpenAPIBackend } = createRequire(resolve(folder, "package.json"))("openapi-backend");

const send = (response, status, body) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
};
const api = new OpenAPIBackend({
  definition: document,
  handlers: {
    validationFail: (context, _, response) => send(response, 400, { code: 400, message: context.validation.errors[0].message }),
    notFound: (_, __, response) => send(response, 404, { code: 404, message: "not found" }),
    methodNotAllowed: (_, __, response) => send(response, 405, { code: 405, message: "not allowed" }),
    unauthorizedHandler: (_, __, response) => send(response, 401, { code: 401, message: "no token" }),
    notImplemented: (context, _, response) => {
      const { status, mock } = context.api.mockResponseForOperation(context.operation.operationId);
      return send(response, status, mock);
    },
  },
});
api.registerSecurityHandler("bearerAuth", (context) => Boolean(context.request.headers.authorization));
await api.init();

createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const query = Object.fromEntries(searchParams);
    api
      .handleRequest({ method: request.method, path: pathname, query, body, headers: request.headers }, request, response)
      .catch((error) => send(response, 500, { code: 500, message: String(error) }));
  });
}).listen(Number(port), "127.0.0.1");
