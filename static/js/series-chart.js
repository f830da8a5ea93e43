// The chart of a series: <div data-series-chart="<data url>">, its legend in [data-series-legend] of the same panel.
// Dragging asks the server for the chosen span again, which then has every value; double-click shows all.
const COLORS = { final: "--q-accent", revised: "--q-good", preliminary: "--q-warn", now: "--q-idle" };
const OTHERS = ["--q-busy", "--q-bad"];
const probe = document.createElement("span");

// light-dark() and the like are resolved by the browser, not by a canvas.
function paint(name) {
  probe.hidden = true;
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

const iso = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
const colorOf = (name, at) => COLORS[name] || OTHERS[at % OTHERS.length];
const label = (name) => (name === "now" ? "as known now" : name);

class SeriesChart {
  constructor(place) {
    this.place = place;
    this.legend = place.closest(".panel").querySelector("[data-series-legend]");
    this.load();
    new ResizeObserver(() => this.plot && place.clientWidth && this.plot.setSize({ width: place.clientWidth, height: 260 })).observe(place);
    place.addEventListener("dblclick", () => this.load());
    document.documentElement.addEventListener("quarry:theme", () => this.draw());
  }

  async load(from, to) {
    const address = new URL(this.place.dataset.seriesChart, location);
    if (from) address.searchParams.set("from", from);
    if (to) address.searchParams.set("to", to);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      this.data = await answer.json();
      this.draw();
    } catch (error) {
      this.say(`The chart cannot be loaded (${error.message}).`);
    }
  }

  say(text) {
    this.plot?.destroy();
    this.plot = null;
    this.place.replaceChildren(Object.assign(document.createElement("p"), { className: "chart-empty", textContent: text }));
  }

  draw() {
    if (!this.data) return;
    const { at, lines } = this.data;
    if (!at.length) return this.say("Nothing to draw.");
    this.plot?.destroy();
    this.place.replaceChildren();
    const axis = { stroke: paint("--q-soft"), grid: { stroke: paint("--q-line"), width: 1 }, ticks: { stroke: paint("--q-line"), width: 1 } };
    this.showLegend();
    this.plot = new uPlot(
      {
        width: this.place.clientWidth,
        height: 260,
        legend: { show: false },
        cursor: { points: { size: 6 }, y: false, drag: { x: true, y: false, setScale: false } },
        // Dates are dates, whatever the viewer's time zone.
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        axes: [axis, { ...axis, size: 64 }],
        series: [
          {},
          ...lines.map((line, number) => ({
            label: label(line.name),
            stroke: paint(colorOf(line.name, number)),
            width: 1.5,
            dash: line.name === "now" ? [4, 4] : undefined,
            spanGaps: true,
            points: { show: line.values.filter((value) => value !== null).length < 40, size: 5 },
          })),
        ],
        hooks: {
          setSelect: [(plot) => this.closer(plot)],
          setCursor: [(plot) => this.values(plot.cursor.idx)],
        },
      },
      [at, ...lines.map((line) => line.values)],
      this.place,
    );
  }

  closer(plot) {
    if (plot.select.width < 8) return;
    this.load(iso(plot.posToVal(plot.select.left, "x")), iso(plot.posToVal(plot.select.left + plot.select.width, "x")));
  }

  showLegend() {
    const day = Object.assign(document.createElement("span"), { className: "mono" });
    this.legend.replaceChildren(
      day,
      ...this.data.lines.map((line, number) => {
        const item = document.createElement("span");
        const dot = document.createElement("i");
        dot.style.background = paint(colorOf(line.name, number));
        item.append(dot, label(line.name), " ", Object.assign(document.createElement("b"), { className: "mono" }));
        return item;
      }),
    );
  }

  values(at) {
    this.legend.firstChild.textContent = at == null ? "" : iso(this.data.at[at]);
    this.legend.querySelectorAll("b").forEach((cell, number) => {
      const value = at == null ? null : this.data.lines[number].values[at];
      cell.textContent = value == null ? "" : value;
    });
  }
}

const started = new WeakSet();
function start() {
  for (const place of document.querySelectorAll("[data-series-chart]")) {
    if (started.has(place)) continue;
    started.add(place);
    new SeriesChart(place);
  }
}
start();
document.addEventListener("htmx:after:swap", start);
