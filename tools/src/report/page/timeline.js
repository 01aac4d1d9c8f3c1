// When what ran, was compiled and was left.
function buildTimeline() {
  const root = byId("timeline");
  const total = Math.max(data.seconds * 1000, 0.001);
  const x = (ms) => Math.min(1000, Math.max(0, (1000 * ms) / total));
  const chart = (height, shapes, label) =>
    svg("svg", { class: "chart", viewBox: "0 0 1000 " + height, height, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...shapes);
  const axis = () => element("div", { class: "axis" }, element("span", {}, "0"), element("span", {}, seconds(total / 2)),
    element("span", {}, seconds(total)));
  const rect = (left, top, width, height, kind, more) => svg("rect", { x: left, y: top, width, height, class: kind, ...more });

  const moments = [];
  const width = 1000 / data.moments.length;
  const most = Math.max(1, ...data.moments.map(sum));
  data.moments.forEach((counts, i) => {
    let top = 120;
    counts.forEach((n, engine) => {
      const height = (116 * n) / most;
      top -= height;
      if (n) moments.push(rect(i * width, top, width, height, "fill-" + ENGINES[engine]));
    });
  });
  root.append(element("h2", {}, "Where the main thread's time went"), chart(120, moments, "Time by engine"), axis(),
    element("p", { class: "hint" }, "Empty parts: the thread waited or slept."));

  const bars = data.compilations.map((c, i) => {
    const [from, to] = c.bytes ? [c.begun, c.ended] : [c.asked, c.placed];
    const bar = rect(x(from), c.behind ? 34 : 6, Math.max(2, x(to) - x(from)), 22, (c.refused || c.given_up ? "fill-failed" : "fill-compiled") + " goes",
      { onclick: () => open(i), "data-compilation": i });
    return titled(bar, unitName(c) + ": " + seconds(to - from) + ", " + outcome(c));
  });
  root.append(element("h2", {}, "Compilations"), chart(62, bars, "Compilations"), axis(),
    element("p", { class: "hint" }, "Above: on the program's thread. Below: on the compiler's. Red: given up later, or not compiled."));

  const wide = Math.max(1.5, x(data.exits_while));
  const by = new Map();
  for (const [time, , failed, expected] of data.exits) {
    const known = by.get(time) || [0, 0];
    by.set(time, [known[0] + failed, known[1] + expected]);
  }
  const peak = Math.max(1, ...[...by.values()].map(([a, b]) => a + b));
  const tall = (n) => (76 * Math.log1p(n)) / Math.log1p(peak);
  const exits = [];
  for (const [time, [failed, expected]] of by) {
    const text = seconds(time) + ": " + failed + " by guesses that failed, " + expected + " as code ends";
    exits.push(titled(rect(x(time), 80 - tall(failed + expected), wide, tall(failed + expected), "fill-expected"), text));
    if (failed) exits.push(titled(rect(x(time), 80 - tall(failed), wide, tall(failed), "fill-failed"), text));
  }
  root.append(element("h2", {}, "Where compiled code was left"), chart(80, exits, "Exits"), axis(),
    element("p", { class: "hint" }, "Red: a guess had failed. Grey: as code ends, or as the program asked for. The height is logarithmic; the highest is " + peak + " in " + seconds(data.exits_while) + "." +
      (data.exits_dropped ? " " + data.exits_dropped + " more were too many to keep." : "")));

  const rows = data.compilations.map((c, i) => ({ go: () => open(i), cells: [
    seconds(c.asked), [element("button", { class: "link" }, unitName(c))], c.bytes ? seconds(c.ended - c.begun) : "",
    c.bytes ? bytes(c.bytes) : "", percent(c.samples), outcome(c)] }));
  root.append(element("h2", {}, "Each compilation"),
    rows.length ? table(["When#", "What", "Took#", "Size#", "Time in it#", "What became of it"], rows)
      : element("p", {}, "Nothing was compiled."));
}
