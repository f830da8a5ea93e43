// Charts: <section data-charts="<data url>"> with <figure data-chart="throughput"> and the like inside.
// One request serves all charts of a section. Colours come from the page's variables, so both themes follow.
const REFRESH_MS = 5000;

const KINDS = {
  throughput: (data) => [
    { label: "Completed", values: data.completed, color: "--q-good", fill: true },
    { label: "Failed", values: data.failed, color: "--q-bad", fill: true },
  ],
  wait: (data) => times(data, "wait"),
  run: (data) => times(data, "run"),
  errors: (data) =>
    Object.entries(data.errors).map(([label, values], at) => ({ label, values, color: SHADES[at % SHADES.length] })),
};
const SHADES = ["--q-bad", "--q-warn", "--q-accent", "--q-busy", "--q-good", "--q-idle"];
const EMPTY = {
  throughput: "No job ended in this time.",
  wait: "No job started in this time.",
  run: "No job completed in this time.",
  errors: "No job failed in this time.",
};

function times(data, name) {
  return [
    { label: "p50", values: data[`${name}P50`], color: "--q-busy" },
    { label: "p95", values: data[`${name}P95`], color: "--q-accent" },
    { label: "p99", values: data[`${name}P99`], color: "--q-warn" },
  ];
}

const milliseconds = (ms) =>
  ms == null ? "—" : ms < 1000 ? `${Math.round(ms)} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60000).toFixed(1)} min`;
const count = (number) => (number == null ? "—" : Math.round(number).toLocaleString());
const isTime = (kind) => kind === "wait" || kind === "run";

function clock(seconds, step) {
  const at = new Date(seconds * 1000);
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return step < 3600 ? time : `${at.toLocaleDateString([], { month: "short", day: "numeric" })} ${time}`;
}

class Charts {
  constructor(section) {
    this.section = section;
    this.figures = [...section.querySelectorAll("[data-chart]")];
    this.plots = new Map();
    this.load();
    this.timer = setInterval(() => document.hidden || this.load(), REFRESH_MS);
    new ResizeObserver(() => this.resize()).observe(section);
    document.documentElement.addEventListener("quarry:theme", () => this.draw());
  }

  async load() {
    if (!this.section.isConnected) return clearInterval(this.timer);
    try {
      const answer = await fetch(this.section.dataset.charts, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const text = await answer.text();
      if (text === this.text) return;
      this.text = text;
      this.data = JSON.parse(text);
      this.draw();
    } catch (error) {
      for (const figure of this.figures) if (!this.plots.has(figure)) say(figure, `The chart cannot be loaded (${error.message}).`);
    }
  }

  draw() {
    if (!this.data) return;
    const style = getComputedStyle(this.section);
    for (const figure of this.figures) {
      const kind = figure.dataset.chart;
      const lines = KINDS[kind](this.data);
      const something = lines.some((line) => line.values.some((value) => value));
      this.plots.get(figure)?.destroy();
      this.plots.delete(figure);
      const place = figure.querySelector(".chart-plot");
      place.replaceChildren();
      legend(figure, kind, lines, style);
      table(figure, kind, lines, this.data);
      if (!something) {
        say(figure, EMPTY[kind]);
        continue;
      }
      const plot = new uPlot(options(kind, lines, this.data, place, style, figure), [this.data.at, ...lines.map((line) => line.values)], place);
      this.plots.set(figure, plot);
    }
  }

  resize() {
    for (const [figure, plot] of this.plots) {
      const width = figure.querySelector(".chart-plot").clientWidth;
      if (width && width !== plot.width) plot.setSize({ width, height: plot.height });
    }
  }
}

function say(figure, text) {
  figure.querySelector(".chart-plot").replaceChildren(Object.assign(document.createElement("p"), { className: "chart-empty", textContent: text }));
}

function options(kind, lines, data, place, style, figure) {
  const color = (name) => style.getPropertyValue(name).trim();
  const [soft, line] = [paint("--q-soft", style), paint("--q-line", style)];
  const show = isTime(kind) ? milliseconds : count;
  const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: `11px ${color("--tblr-font-sans-serif") || "sans-serif"}` };
  return {
    width: place.clientWidth || 300,
    height: Number(figure.dataset.height) || 160,
    padding: [12, 18, 0, 0],
    cursor: { points: { size: 6 }, y: false, sync: { key: "console" } },
    legend: { show: false },
    scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.1, isTime(kind) ? 10 : 4)] } },
    axes: [
      { ...axis, space: 60, size: 30, values: (plot, at) => at.map((second) => clock(second, data.at.at(-1) - data.at[0] > 90000 ? 3600 : 60)) },
      { ...axis, size: 56, values: (plot, values) => values.map((value) => (Number.isInteger(value) || isTime(kind) ? show(value) : "")) },
    ],
    series: [
      {},
      ...lines.map((item) => {
        const stroke = paint(item.color, style);
        return { label: item.label, stroke, width: 1.5, fill: item.fill ? fade(stroke) : undefined, points: { show: false, size: 5, fill: stroke, filter: lonely }, spanGaps: false };
      }),
    ],
    hooks: {
      draw: [(plot) => marks(plot, data.deploys, paint("--q-accent", style), soft)],
      setCursor: [(plot) => values(figure, plot, lines, data, show)],
    },
  };
}

// A value between two gaps has no line to either side: without a dot it could not be seen.
function lonely(plot, series) {
  const values = plot.data[series];
  return values.flatMap((value, at) => (value != null && values[at - 1] == null && values[at + 1] == null ? [at] : []));
}

// light-dark() and the like are resolved by the browser, not by a canvas.
const probe = document.createElement("span");
function paint(name, style) {
  probe.hidden = true;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function fade(color) {
  const canvas = fade.canvas || (fade.canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, 0.14)`;
}

function marks(plot, deploys, color, soft) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.font = `${10 * ratio}px sans-serif`;
  ctx.lineWidth = ratio;
  let taken = -Infinity;
  let row = 0;
  for (const deploy of deploys) {
    const x = Math.round(plot.valToPos(deploy.at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = color;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = soft;
    const width = ctx.measureText(deploy.version).width + 8 * ratio;
    const right = x + width > bbox.left + bbox.width;
    const from = right ? x - width : x;
    // A label that would run into the one before it goes a line lower.
    row = from < taken ? (row + 1) % 3 : 0;
    taken = from + width;
    ctx.textAlign = right ? "right" : "left";
    ctx.fillText(deploy.version, x + (right ? -4 : 4) * ratio, bbox.top + (8 + 11 * row) * ratio);
  }
  ctx.restore();
}

function legend(figure, kind, lines, style) {
  const list = figure.querySelector(".chart-legend");
  list.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("span");
      const dot = document.createElement("i");
      dot.style.background = paint(line.color, style);
      const value = Object.assign(document.createElement("b"), { className: "mono" });
      item.append(dot, line.label, " ", value);
      return item;
    }),
  );
}

function values(figure, plot, lines, data, show) {
  const at = plot.cursor.idx;
  const cells = figure.querySelectorAll(".chart-legend b");
  lines.forEach((line, number) => {
    if (cells[number]) cells[number].textContent = at == null ? "" : show(line.values[at]);
  });
  const when = figure.querySelector(".chart-at");
  if (when) when.textContent = at == null ? "" : clock(data.at[at], data.step);
}

// The same numbers as a table, for who cannot see the chart; made when it is opened.
function table(figure, kind, lines, data) {
  const details = figure.querySelector("details");
  details.ontoggle = () => details.open && fill();
  if (details.open) fill();
  function fill() {
    const show = isTime(kind) ? milliseconds : count;
    const rows = data.at.map((at, number) => [clock(at, 3600), ...lines.map((line) => show(line.values[number]))]);
    const body = rows.filter((row, number) => lines.some((line) => line.values[number])).reverse();
    const made = document.createElement("table");
    made.className = "grid";
    made.append(line("th", ["Time", ...lines.map((item) => item.label)]));
    for (const row of body) made.append(line("td", row));
    if (!body.length) made.append(line("td", ["Nothing in this time."]));
    for (const deploy of data.deploys) made.append(line("td", [clock(deploy.at, 3600), `Deploy of ${deploy.version} ${deploy.note}`]));
    details.querySelector(".scroll").replaceChildren(made);
  }
}

function line(tag, texts) {
  const row = document.createElement("tr");
  row.append(...texts.map((text, at) => Object.assign(document.createElement(tag), { textContent: text, className: at ? "num" : "" })));
  return row;
}

for (const section of document.querySelectorAll("[data-charts]")) new Charts(section);
