// A pane: a heading and rows. A row may have a place, by which the other panes find it.
class Pane {
  constructor(name, title, onSelect) {
    this.name = name;
    this.onSelect = onSelect;
    this.about = element("span");
    this.head = element("header", {}, element("b", {}, title), this.about);
    this.body = element("div", { class: "rows", tabindex: "0", role: "listbox", "aria-label": title });
    this.root = element("section", { class: "pane", "data-pane": name }, this.head, this.body);
    this.content = null;
    this.clear();
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest(".rows > div");
      if (row) this.select(this.rows[Number(row.dataset.i)]);
    });
    this.body.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !this.rows.length) return;
      event.preventDefault();
      const next = (this.current === null ? -1 : this.current) + step;
      this.select(this.rows[Math.min(Math.max(next, 0), this.rows.length - 1)]);
      this.show(this.rows[this.current].element);
    });
  }

  clear() {
    this.rows = [];
    this.byLine = new Map();
    this.byPlace = new Map();
    this.marked = [];
    this.current = null;
  }

  // `content` says what is shown: the same again changes nothing. `rows`: {number, share, counts, text, place, key}.
  fill(content, about, rows, otherwise) {
    if (this.content === content) return;
    this.content = content;
    this.clear();
    this.about.textContent = about;
    this.about.title = about;
    const most = rows.reduce((m, r) => Math.max(m, r.counts ? sum(r.counts) : 0), 1);
    const all = document.createDocumentFragment();
    rows.forEach((row, i) => {
      const line = element("div", { "data-i": i, role: "option" });
      if (row.number !== undefined) line.append(element("span", { class: "number" }, String(row.number)));
      if (row.counts !== undefined) {
        const count = row.counts ? sum(row.counts) : 0;
        line.append(element("span", { class: "share" }, count * 2000 >= samples ? percent(count) : ""),
          heat(row.counts, most, 44));
      }
      line.append(element("span", { class: "text" }, row.text));
      row.index = i;
      row.element = line;
      this.rows.push(row);
      if (row.key) this.remember(this.byLine, row.key, row);
      if (row.place) this.remember(this.byPlace, placeKey(row.place), row);
      all.append(line);
    });
    if (!rows.length) all.append(element("p", {}, otherwise));
    this.body.replaceChildren(all);
    this.body.scrollTop = 0;
  }

  remember(map, key, row) {
    const known = map.get(key);
    if (known) known.push(row);
    else map.set(key, [row]);
  }

  select(row) {
    this.current = row.index;
    this.onSelect(this, row);
  }

  // Marks the rows of a line and, more, those of a place.
  mark(key, place, scrolls) {
    for (const row of this.marked) row.element.classList.remove("on", "exact");
    const exact = place ? this.byPlace.get(placeKey(place)) || [] : [];
    const on = this.byLine.get(key) || [];
    for (const row of on) row.element.classList.add("on");
    for (const row of exact) row.element.classList.add("exact");
    this.marked = on.concat(exact);
    // The hottest is shown; without samples, the first.
    const hotter = (best, row) => (best && sum(best.counts || []) >= sum(row.counts || []) ? best : row);
    const first = (exact.length ? exact : on).reduce(hotter, null);
    if (first && scrolls) {
      this.current = first.index;
      this.show(first.element);
    }
  }

  show(row) {
    const [top, height] = [row.offsetTop - this.body.offsetTop, this.body.clientHeight];
    if (top < this.body.scrollTop + 20 || top > this.body.scrollTop + height - 40) {
      this.body.scrollTop = top - height / 3;
    }
  }
}
