// What Perfetto's trace processor finds in a Chrome trace: perfetto.mjs TRACE SQL... prints the rows of each
// query. The engine is the one of ui.perfetto.dev, in WebAssembly; its loader wants to be a web worker.
import fs from 'node:fs';
import vm from 'node:vm';

const folder = new URL('./perfetto/', import.meta.url);
const CHUNK = 32 << 20;

function replaced(source, from, to) {
  if (!source.includes(from))
    throw new Error(`the loader of Perfetto's engine has no: ${from}`);
  return source.replace(from, to);
}

function loader() {
  let source = fs.readFileSync(new URL('engine_bundle.node.js', folder), 'utf8');
  source = replaced(source, 'this.useMemory64 = hasMemory64Support();', 'this.useMemory64 = false;');
  source = replaced(source, 'locateFile: (s) => s,',
    'locateFile: (s) => s, wasmBinary: perfettoWasm, onRuntimeInitialized: perfettoReady,');
  return replaced(source, 'const wasmBridge = new wasm_bridge_1.WasmBridge();',
    'const wasmBridge = globalThis.perfettoBridge = new wasm_bridge_1.WasmBridge();');
}

async function createEngine() {
  const {EngineBase} = await import(new URL('engine.mjs', folder));
  const {port1, port2} = new MessageChannel();
  Object.assign(globalThis, {
    self: globalThis,
    location: {href: folder.href},
    WorkerGlobalScope: class {},
    perfettoWasm: fs.readFileSync(new URL('trace_processor.wasm', folder)),
  });
  const ready = new Promise(resolve => globalThis.perfettoReady = resolve);
  vm.runInThisContext(loader(), {filename: 'engine_bundle.node.js'});
  globalThis.perfettoBridge.initialize(port1);
  return {ready, port2, engine: new (class extends EngineBase {
    mode = 'WASM';
    id = 'nsim';
    constructor() {
      super();
      port2.onmessage = ({data}) => this.onRpcResponseBytes(data);
    }
    rpcSendRequestBytes(data) {
      port2.postMessage(data);
    }
  })()};
}

const plain = value => typeof value === 'bigint' ? Number(value) : value;

const [path, ...queries] = process.argv.slice(2);
console.warn = () => {};
const {port2, engine} = await createEngine();
const bytes = new Uint8Array(fs.readFileSync(path));
for (let at = 0; at < bytes.length; at += CHUNK)
  await engine.parse(bytes.subarray(at, at + CHUNK));
await engine.notifyEof();
const answers = [];
for (const sql of queries) {
  const result = await engine.query(sql);
  const names = result.columns();
  const rows = [];
  for (const row = result.iter({}); row.valid(); row.next())
    rows.push(names.map(name => plain(row.get(name))));
  answers.push(rows);
}
port2.close();
console.log(JSON.stringify(answers));
process.exit();
