// Making elements. Text is only ever put in as text.
const byId = (id) => document.getElementById(id);

function element(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

function svg(name, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else e.setAttribute(key, value);
  }
  e.append(...children);
  return e;
}

const titled = (shape, text) => {
  shape.append(svg("title", {}, text));
  return shape;
};

// A stacked bar of the engines' counts; `full` is what fills it.
function heat(counts, full, width) {
  const bar = element("span", { class: "heat", "aria-hidden": "true" });
  if (!counts) return bar;
  counts.forEach((n, i) => {
    if (n > 0) {
      const part = element("i", { class: ENGINES[i] });
      part.style.width = Math.max(2, (width * n) / full) + "px";
      bar.append(part);
    }
  });
  bar.title = counts.map((n, i) => (n > 0 ? NAMES[i] + " " + percent(n) : "")).filter(Boolean).join(", ");
  return bar;
}

function table(heads, rows) {
  const cell = (name, content, i) =>
    element(name, { class: heads[i].endsWith("#") ? "number" : null }, ...(Array.isArray(content) ? content : [content]));
  return element("div", { class: "scrolls" },
    element("table", {},
      element("thead", {}, element("tr", {}, ...heads.map((h, i) => cell("th", h.replace("#", ""), i)))),
      element("tbody", {}, ...rows.map((row) =>
        element("tr", row.go ? { class: "goes", onclick: row.go } : {}, ...row.cells.map((c, i) => cell("td", c, i)))))));
}
