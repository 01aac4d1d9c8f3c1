// The report's data, and what is looked up in it. A place is [function, code unit, line]; a line's key is "file:line".
const data = JSON.parse(document.getElementById("data").textContent);
const ENGINES = ["interpreter", "compiled", "collector", "compiler"];
const NAMES = ["interpreter", "compiled code", "garbage collector", "JIT compiler"];

const sum = (counts) => counts.reduce((a, b) => a + b, 0);
const samples = Math.max(1, sum(data.total));
const percent = (n) => {
  const share = (100 * n) / samples;
  return share >= 9.95 ? share.toFixed(0) + " %" : share.toFixed(1) + " %";
};
const bytes = (n) => (n >= 1 << 20 ? (n / (1 << 20)).toFixed(1) + " MB" : n >= 1024 ? Math.ceil(n / 1024) + " KB" : n + " bytes");
const seconds = (ms) => (ms >= 1000 ? (ms / 1000).toFixed(2) + " s" : ms >= 10 ? ms.toFixed(0) + " ms" : ms.toFixed(2) + " ms");
const lastPart = (path) => path.split("/").pop();
const lineKey = (file, line) => file + ":" + line;
const placeKey = (place) => place[0] + "@" + place[1];
const fileOf = (fn) => (data.functions[fn] ? data.functions[fn].file : -1);

// [start, length, start, length, ...] as numbers.
function numbers(runs) {
  const all = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let k = 0; k < runs[i + 1]; k++) all.push(runs[i] + k);
  }
  return all;
}

function unitName(c) {
  const f = data.functions[c.function];
  const what = c.kind === "loop" ? "loop at line " + c.line + " of " : c.kind === "generator" ? "generator " : "";
  return what + (f ? f.name : "?") + (c.version > 1 ? ", version " + c.version : "");
}

function outcome(c) {
  if (c.refused) return "not compiled: " + c.refused;
  if (!c.bytes) return "still being made at the end";
  if (c.given_up) return "given up after " + seconds(c.given_up.time - c.placed) + ": " + c.given_up.why +
    " (line " + c.given_up.line + " of " + c.given_up.function + ")";
  return "in use";
}

// By line: the compilations that have code for it, the hottest first, and the functions.
const compilationsOf = new Map();
const functionsOf = new Map();
const functionsInFile = data.files.map(() => []);

function addTo(map, key, value) {
  const known = map.get(key);
  if (!known) map.set(key, [value]);
  else if (known[known.length - 1] !== value) known.push(value);
}

data.compilations.map((c, i) => i)
  .filter((i) => data.compilations[i].forms)
  .sort((a, b) => data.compilations[b].samples - data.compilations[a].samples || a - b)
  .forEach((i) => {
    for (const [fn, , line] of data.compilations[i].places) addTo(compilationsOf, lineKey(fileOf(fn), line), i);
  });
data.functions.forEach((f, i) => {
  if (functionsInFile[f.file]) functionsInFile[f.file].push(i);
  for (const [, line] of f.rows) addTo(functionsOf, lineKey(f.file, line), i);
});
