// Lead and health scores over time: <div data-history="id of the JSON"> with columns at, lead, health.
const LINES = [
  { name: "lead", label: "Lead", color: "--q-accent" },
  { name: "health", label: "Health", color: "--q-good" },
];
const probe = document.createElement("span");
let drawn = [];

// light-dark() and the like are resolved by the browser, not by a canvas.
function paint(name) {
  probe.hidden = true;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.history).textContent);
  const lines = LINES.filter((line) => data[line.name].some((value) => value !== null));
  const axis = { stroke: paint("--q-soft"), grid: { stroke: paint("--q-line"), width: 1 }, ticks: { stroke: paint("--q-line"), width: 1 } };
  place.replaceChildren();
  legend(place, lines);
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: 180,
      legend: { show: false },
      scales: { y: { range: [0, 100] } },
      axes: [axis, { ...axis, size: 36 }],
      series: [{}, ...lines.map((line) => ({ label: line.label, stroke: paint(line.color), width: 1.5, spanGaps: true, points: { size: 4 } }))],
    },
    [data.at, ...lines.map((line) => data[line.name])],
    place,
  );
  drawn.push([place, plot]);
}

function legend(place, lines) {
  const box = place.closest(".panel")?.querySelector("[data-history-legend]");
  if (!box) return;
  box.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("span");
      const dot = document.createElement("i");
      dot.style.background = paint(line.color);
      item.append(dot, line.label);
      return item;
    }),
  );
}

function drawAll() {
  for (const [, plot] of drawn) plot.destroy();
  drawn = [];
  for (const place of document.querySelectorAll("[data-history]")) draw(place);
}

drawAll();
document.documentElement.addEventListener("quarry:theme", drawAll);
document.addEventListener("htmx:after:swap", drawAll);
addEventListener("resize", () => {
  for (const [place, plot] of drawn) if (place.clientWidth) plot.setSize({ width: place.clientWidth, height: plot.height });
});
