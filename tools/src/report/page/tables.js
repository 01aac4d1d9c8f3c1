// What --jit-explain says.
function buildFindings() {
  const root = byId("findings");
  const e = data.explained;
  const share = (n) => (100 * n).toFixed(1) + " %";
  const fileNumber = (name) => data.files.findIndex((f) => f.name === name);
  const place = (name, line) => {
    const file = fileNumber(name);
    const text = lastPart(name) + ":" + line;
    return file < 0 ? text : [element("button", { class: "link", onclick: () => open(null, file, line) }, text)];
  };
  const states = { compiled: "compiled", loops: "its loops are compiled", inlined: "compiled as a part of its caller",
    interpreted: "not compiled" };
  root.append(element("p", {}, "It ran " + e.seconds.toFixed(2) + " s and took " + e.cpu_seconds.toFixed(2) +
    " s of processor time, " + e.compile_seconds.toFixed(2) + " s of which went into compiling. " + e.compiled +
    " loops and functions are compiled (compilations: " + e.compilations + "; versions given up because guesses failed: " +
    e.discarded + "); " + e.refused + " are left to the interpreter."));
  if (e.sampling_failed) root.append(element("p", {}, "No samples could be taken: " + e.sampling_failed + "."));
  root.append(element("h2", {}, "The hottest functions"));
  root.append(e.functions.length ? table(["Time#", "Compiled#", "Interpreted#", "Function", "Where", "", "Why, and what helps"],
    e.functions.map((f) => ({ cells: [share(f.share), share(f.share_compiled), share(f.share_interpreted),
      [element("code", {}, f.function)], f.line ? place(f.file, f.line) : "", f.line ? states[f.state] || f.state : "",
      f.reasons.map((r) => element("div", {}, r.why + "." + (r.change ? " What helps: " + r.change + "." : ""))) ] })))
    : element("p", {}, "It was too short to be sampled."));
  root.append(element("h2", {}, "Where compiled code was left, most often first"));
  const often = e.exits.filter((x) => x.count >= 10).slice(0, 100);
  root.append(often.length ? table(["Times#", "Where", "Function", "Why", "Types seen", "What helps"],
    often.map((x) => ({ cells: [x.count, place(x.file, x.line), [element("code", {}, x.function)],
      [element("div", {}, x.sentence), element("code", {}, x.source || "")], x.types.join("; "), x.change || ""] })))
    : element("p", {}, "It was left ten times at no place."));
}
