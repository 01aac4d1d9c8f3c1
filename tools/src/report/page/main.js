// Puts the page together.
function showView(name) {
  for (const tab of byId("views").children) tab.setAttribute("aria-selected", String(tab.dataset.view === name));
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== name;
}

function buildHead() {
  const e = data.explained;
  byId("program").textContent = e.program ? lastPart(e.program) : "JIT report";
  byId("program").title = e.program;
  const engines = data.total.map((n, i) => [n, i]).filter(([n]) => n > 0);
  byId("summary").textContent = "It ran " + e.seconds.toFixed(2) + " s with -X jit=" + e.jit + ". " +
    (sum(data.total) < 100 ? "That was short: with so few samples, shares are rough." :
      "Of the main thread's time, so much was spent in:");
  for (const [n, i] of engines) {
    const part = element("div", { class: ENGINES[i] });
    part.style.width = (100 * n) / samples + "%";
    byId("total").append(part);
    byId("legend").append(element("li", {}, element("i", { class: ENGINES[i] }), NAMES[i] + " " + percent(n)));
  }
  byId("total").setAttribute("aria-label", engines.map(([n, i]) => NAMES[i] + " " + percent(n)).join(", "));
}

for (const tab of byId("views").children) tab.addEventListener("click", () => showView(tab.dataset.view));
buildHead();
buildCode();
buildTimeline();
buildMemory();
buildFindings();
showView("code");
