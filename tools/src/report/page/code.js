// The code view: five panes that follow each other.
const chosen = { file: 0, line: 0, place: null, compilation: null, fn: null, pass: null };
const panes = {};

function buildCode() {
  const follow = (pane, row) => {
    chosen.place = row.place || null;
    if (row.place) chosen.fn = row.place[0];
    if (row.key) {
      const [file, line] = row.key.split(":").map(Number);
      go(file, line, pane);
    }
  };
  const all = [["source", "Source"], ["bytecode", "Bytecode"], ["ir", "IR"], ["clif", "CLIF"], ["machine", "Machine code"]];
  const tabs = byId("tabs");
  tabs.classList.add("panes-only");
  for (const [name, title] of all) {
    panes[name] = new Pane(name, title, follow);
    byId("panes").append(panes[name].root);
    tabs.append(element("button", { role: "tab", "data-pane": name, onclick: () => showPane(name) }, title));
  }
  panes.source.root.classList.add("shown");
  panes.pass = element("select", { id: "pass", "aria-label": "After which pass", onchange: () => {
    chosen.pass = panes.pass.value;
    showForms();
    markAll(null);
  } });
  panes.ir.head.append(panes.pass);

  const heats = data.files.map((f) => f.lines.reduce((n, [, counts]) => n + sum(counts), 0));
  const order = data.files.map((f, i) => i).sort((a, b) => heats[b] - heats[a] || a - b);
  for (const i of order) {
    byId("file").append(element("option", { value: i }, lastPart(data.files[i].name) + "  " + percent(heats[i])));
  }
  byId("file").addEventListener("change", () => {
    const file = Number(byId("file").value);
    Object.assign(chosen, { place: null, fn: null, compilation: null });
    go(file, hottestLine(file), null);
  });
  byId("unit").addEventListener("change", () => {
    chosen.compilation = byId("unit").value === "" ? null : Number(byId("unit").value);
    showForms();
    markAll(null);
  });
  showPane(matchMedia("(max-width: 699px)").matches ? "source" : "bytecode");
  const first = order.length ? order[0] : 0;
  if (data.files.length) go(first, hottestLine(first), null);
}

function hottestLine(file) {
  let best = [1, -1];
  for (const [line, counts] of data.files[file].lines) if (sum(counts) > best[1]) best = [line, sum(counts)];
  return best[0];
}

// On narrow screens one pane is shown (beside the source, if there is room).
function showPane(name) {
  for (const tab of byId("tabs").children) tab.setAttribute("aria-selected", String(tab.dataset.pane === name));
  for (const key of ["source", "bytecode", "ir", "clif", "machine"]) panes[key].root.classList.toggle("shown", key === name);
  if (chosen.line) markAll(null);
}

// Goes to a line of source; `from`: the pane that was clicked, which stays where it is.
function go(file, line, from) {
  chosen.file = file;
  chosen.line = line;
  if (chosen.place && fileOf(chosen.place[0]) !== file) chosen.place = null;
  byId("file").value = file;
  const key = lineKey(file, line);
  const has = compilationsOf.get(key) || [];
  if (chosen.compilation === null || !has.includes(chosen.compilation)) {
    const own = chosen.compilation !== null && from !== null && from.name !== "source" && from.name !== "bytecode";
    if (!own) chosen.compilation = has.length ? has[0] : null;
  }
  const functions = functionsOf.get(key) || [];
  if (chosen.fn === null || !functions.includes(chosen.fn)) {
    // The innermost function begins last; a function's own line is also one of what is around it.
    const body = functions.filter((f) => data.functions[f].line < line);
    chosen.fn = (body.length ? body : functions).reduce(
      (best, f) => (best === null || data.functions[f].line > data.functions[best].line ? f : best), null);
  }
  showSource();
  showBytecode();
  showForms();
  listUnits(has);
  markAll(from);
}

// Opens the code view at a compilation, or at a line.
function open(compilation, file, line) {
  const c = data.compilations[compilation];
  Object.assign(chosen, { place: null, fn: c ? c.function : null, compilation: c && c.forms ? compilation : null });
  showView("code");
  if (c) go(fileOf(c.function), c.line, null);
  else go(file, line, null);
}

function listUnits(has) {
  const select = byId("unit");
  const listed = chosen.compilation !== null && !has.includes(chosen.compilation) ? [chosen.compilation, ...has] : has;
  select.replaceChildren(...listed.map((i) => {
    const c = data.compilations[i];
    return element("option", { value: i }, unitName(c) + "  " + percent(c.samples) + (c.given_up ? " (given up)" : ""));
  }));
  if (!listed.length) select.append(element("option", { value: "" }, "this line has no compiled code"));
  select.value = chosen.compilation === null ? "" : chosen.compilation;
}

function showSource() {
  const file = data.files[chosen.file];
  const counts = new Map(file.lines);
  const text = file.text === null ? null : file.text.split("\n");
  if (text && text[text.length - 1] === "") text.pop();
  const last = text ? text.length : Math.max(0, ...counts.keys());
  const rows = [];
  for (let n = 1; n <= last; n++) {
    rows.push({ number: n, counts: counts.get(n) || null, text: text ? text[n - 1] : "", key: lineKey(chosen.file, n) });
  }
  panes.source.fill("file " + chosen.file, file.name, rows, "The source is not at hand, and no time was spent in it.");
}

function showBytecode() {
  const f = data.functions[chosen.fn];
  const rows = f ? f.rows.map(([at, line, text, counts]) =>
    ({ number: line, counts, text, place: [chosen.fn, at, line], key: lineKey(f.file, line) })) : [];
  panes.bytecode.fill("function " + chosen.fn, f ? f.name : "", rows, "This line has no code.");
}

function showForms() {
  const c = data.compilations[chosen.compilation];
  const none = "This line has no compiled code: the interpreter ran it, or it did not run.";
  const id = chosen.compilation;
  const about = c ? unitName(c) : "";
  const row = (text, place, more) => {
    const at = c.places[place];
    const key = at ? lineKey(fileOf(at[0]), at[2]) : null;
    return { text, place: at || null, key, ...more };
  };
  const listing = (l) => numbers(l.rows).map((i) => row(c.forms.lines[i], c.forms.line_places[i]));
  const forms = c && c.forms;
  panes.pass.hidden = !forms || !forms.passes.length;
  if (forms && forms.passes.length) {
    const names = forms.passes.map((p) => p.name);
    if (!names.includes(chosen.pass)) chosen.pass = names[names.length - 1];
    if (panes.pass.dataset.of !== String(id)) {
      panes.pass.replaceChildren(...names.map((n, i) => element("option", { value: n }, (i ? "after " : "") + n)));
      panes.pass.dataset.of = id;
    }
    panes.pass.value = chosen.pass;
  }
  const dropped = "The listings of this version were not kept.";
  const pass = forms && forms.passes.find((p) => p.name === chosen.pass);
  panes.ir.fill("ir " + id + " " + chosen.pass, about, pass ? listing(pass) : [], forms ? dropped : none);
  panes.clif.fill("clif " + id, about, forms ? listing(forms.clif) : [], forms ? dropped : none);
  const machine = forms ? forms.machine.map(([offset, text, place, count]) =>
    row(text, place, { number: offset.toString(16), counts: count ? [0, count, 0, 0] : null })) : [];
  // What belongs to no place is a part of what is before it.
  machine.forEach((r, i) => { if (!r.key && i) [r.key, r.place] = [machine[i - 1].key, machine[i - 1].place]; });
  panes.machine.fill("machine " + id, c ? about + ", " + bytes(c.bytes) : "", machine, none);
}

function markAll(from) {
  const key = lineKey(chosen.file, chosen.line);
  for (const name of ["source", "bytecode", "ir", "clif", "machine"]) panes[name].mark(key, chosen.place, panes[name] !== from);
}
