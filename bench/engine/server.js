// The JavaScript of a small HTTP service: route matching, header maps, validation, rendering, errors.
const routes = [];
function route(method, pattern, handler) {
  routes.push({ method, parts: pattern.split('/'), handler });
}
function match(method, path) {
  const parts = path.split('/');
  next: for (const r of routes) {
    if (r.method !== method || r.parts.length !== parts.length) continue;
    const params = {};
    for (let i = 0; i < parts.length; i++) {
      if (r.parts[i][0] === ':') params[r.parts[i].slice(1)] = decodeURIComponent(parts[i]);
      else if (r.parts[i] !== parts[i]) continue next;
    }
    return { handler: r.handler, params };
  }
  return null;
}
const users = new Map();
route('GET', '/users/:id', (req) => {
  const user = users.get(req.params.id);
  if (!user) throw Object.assign(new TypeError('no such user'), { status: 404 });
  return { ...user, visits: ++user.visits };
});
route('PUT', '/users/:id', (req) => {
  const { name, age = 0, ...rest } = req.body;
  if (typeof name !== 'string' || name.length > 64) return { error: 'name' };
  users.set(req.params.id, { name, age, visits: 0, extra: Object.keys(rest).length });
  return { ok: true };
});
route('GET', '/health', () => ({ status: 'up', users: users.size }));
function serve(request) {
  const headers = {};
  for (const line of request.head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const found = match(request.method, request.path);
  if (!found) return { status: 404, body: '{}' };
  try {
    const body = request.body ? JSON.parse(request.body) : undefined;
    const value = found.handler({ headers, params: found.params, body });
    return { status: 200, body: JSON.stringify(value) };
  } catch (error) {
    return { status: error.status || 500, body: error.message };
  }
}
function main() {
  const head = 'Host: example.test\r\nAccept: application/json\r\nUser-Agent: bench/1.0\r\nX-Request-Id: 77';
  let bytes = 0;
  for (let i = 0; i < 4500; i++) {
    const id = i % 300;
    bytes += serve({ method: 'PUT', path: '/users/u' + id, head, body: `{"name":"n${i}","age":${id},"a":1,"b":[1,2]}` }).body.length;
    bytes += serve({ method: 'GET', path: '/users/u' + ((i * 7) % 320), head }).body.length;
    bytes += serve({ method: 'GET', path: '/health', head }).body.length;
  }
  return bytes;
}
