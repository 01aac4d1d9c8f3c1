// The code memory as a map: a square for each page.
function buildMemory() {
  const root = byId("memory");
  const { used, size, page } = data.memory;
  const all = data.compilations.map((c, i) => [c, i]).filter(([c]) => c.bytes).sort((a, b) => a[0].address - b[0].address);
  if (!all.length) {
    root.append(element("p", {}, "Nothing was compiled: the memory for code is not in use."));
    return;
  }
  const code = all.reduce((n, [c]) => n + c.bytes, 0);
  const live = all.reduce((n, [c]) => n + (c.given_up ? 0 : c.bytes), 0);
  root.append(element("h2", {}, "Memory for code"),
    element("p", {}, bytes(used) + " of " + bytes(size) + " are used, by " + all.length + " pieces of code: " + bytes(live) +
      " that can be entered, " + bytes(code - live) + " that was given up, and " + bytes(used - code) +
      " that is lost because each begins on a page of its own (" + bytes(page) + ")."));
  const map = element("div", { class: "map" });
  const most = Math.max(1, ...all.map(([c]) => c.samples));
  for (const [c, i] of all) {
    for (let at = 0; at < c.bytes; at += page) {
      const cell = element("button", { class: (c.given_up ? "gone" : "") + (at ? "" : " begins"), "data-compilation": i,
        title: unitName(c) + ", " + bytes(c.bytes) + ", " + percent(c.samples) + " of the time, " + outcome(c),
        "aria-label": unitName(c), tabindex: at ? "-1" : "0", onclick: () => open(i) });
      if (!c.given_up) cell.style.opacity = 0.35 + (0.65 * c.samples) / most;
      map.append(cell);
    }
  }
  root.append(map, element("p", { class: "hint" },
    "A square is a page; a dark edge shows where a piece begins. The fuller the colour, the more time was spent there; grey was given up."));
  const rows = all.slice().sort((a, b) => b[0].bytes - a[0].bytes).slice(0, 50).map(([c, i]) => ({ go: () => open(i), cells: [
    "0x" + c.address.toString(16), [element("button", { class: "link" }, unitName(c))], bytes(c.bytes), percent(c.samples),
    c.inlined.map((f) => data.functions[f].name).join(", ")] }));
  root.append(element("h2", {}, "The largest"), table(["Where#", "What", "Size#", "Time in it#", "Inlined"], rows));
}
