// Puts the lines on standard input to components under jco, and writes each answer on a line of its own.
// tests/src/wire.rs says what the lines are. `node ask.mjs FOLDER`: jco is installed in FOLDER.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const jco = createRequire(`${process.argv[2]}/`).resolve('@bytecodealliance/jco-transpile');
const { transpileBytes } = await import(pathToFileURL(jco));

const camel = (name) => name.replace(/-./g, (pair) => pair[1].toUpperCase());
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const fields = (record, name, value) =>
  Object.fromEntries(Object.entries(record).map(([key, own]) => [name(key), value(own)]));

/** What a caller passes to jco's JavaScript. */
function native(value) {
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(native);
  if ('$u64' in value) return BigInt(value.$u64);
  if ('$bytes' in value) return Uint8Array.from(Buffer.from(value.$bytes, 'hex'));
  if ('$tuple' in value) return value.$tuple.map(native);
  if ('$case' in value) return { tag: value.$case, val: native(value.$value) };
  return fields(value, camel, native);
}

/** What a caller gets back. */
function wire(value) {
  if (value === undefined) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(wire);
  if ('tag' in value) return { $case: value.tag, $value: wire(value.val) };
  return fields(value, kebab, wire);
}

/** A result: jco throws what is refused, a text within an error. */
function result(granted) {
  try {
    return { $case: 'ok', $value: granted() };
  } catch (thrown) {
    const refusal = thrown instanceof Error ? thrown.payload : thrown;
    if (refusal === undefined) throw thrown;
    return { $case: 'err', $value: wire(refusal) };
  }
}

const components = new Map();
let policy;
let session;

/** Makes an instance of this component; no session is open in it. */
async function begin(file) {
  if (!components.has(file)) {
    const { files } = await transpileBytes(readFileSync(file), { name: 'policy', instantiation: 'sync' });
    const text = Buffer.from(files['policy.js']).toString('base64');
    const { instantiate } = await import(`data:text/javascript;base64,${text}`);
    const modules = new Map();
    const core = (name) => {
      if (!modules.has(name)) modules.set(name, new WebAssembly.Module(files[name]));
      return modules.get(name);
    };
    components.set(file, () => instantiate(core, {}));
  }
  policy = components.get(file)();
  session = undefined;
}

function ask(name, parameters) {
  switch (name) {
    case 'configure':
      return result(() => wire(policy.configure(...parameters)));
    case 'open':
      return result(() => {
        session = policy.capture.Session.open(...parameters);
        return null;
      });
    case 'authorise':
      return result(() => {
        const flags = policy.custody.authorise(...parameters);
        return { $flags: Object.keys(flags).filter((flag) => flags[flag]).map(kebab).sort() };
      });
    case 'keep-until':
      return wire(policy.custody.keepUntil(...parameters));
    case 'classify':
    case 'decide':
      return wire(session[name](...parameters));
    default:
      return wire(policy.capture[camel(name)](...parameters));
  }
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))) {
  if (line.begin) {
    await begin(line.begin);
    continue;
  }
  let answer;
  try {
    answer = ask(line.ask, line.with.map(native));
  } catch (thrown) {
    answer = { $exception: String(thrown) };
  }
  console.log(JSON.stringify(answer));
}
