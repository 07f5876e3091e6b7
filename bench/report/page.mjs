// Draws the charts of the page, which uPlot is part of.
/* global document, window, uPlot, ResizeObserver */

const HEIGHT = 300;

const charts = JSON.parse(document.getElementById("charts").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");

for (const place of document.querySelectorAll("[data-chart]")) {
  let plot = draw(charts[place.dataset.chart], place);
  dark.addEventListener("change", () => {
    plot.destroy();
    plot = draw(charts[place.dataset.chart], place);
  });
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

function draw({ x, y, lines }, place) {
  const style = window.getComputedStyle(document.documentElement);
  const variable = (name) => style.getPropertyValue(name).trim();
  const colours = variable("--lines").split(",").map((colour) => colour.trim());
  const axis = (label, more) => ({
    label,
    labelSize: 22,
    labelFont: "12px system-ui",
    font: "12px system-ui",
    stroke: variable("--faint"),
    grid: { stroke: variable("--line"), width: 1 },
    ticks: { stroke: variable("--line"), width: 1 },
    ...more,
  });
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false, distr: 3 }, y: { distr: 3, range: rangeOf(lines) } },
    axes: [
      axis(x, { values: (_, splits) => splits.map(powerOfTen) }),
      axis(y, { size: 56, values: (_, splits) => splits.map(threeToADecade) }),
    ],
    cursor: { points: { size: 7 } },
    series: [
      { label: x, value: (_, value) => magnitude(value) },
      ...lines.map(({ label }, i) => ({
        label,
        stroke: colours[i % colours.length],
        width: 2,
        dash: i >= colours.length ? [6, 4] : undefined,
        spanGaps: true,
        points: { show: true, size: 5 },
        value: (_, value) => (value === null || value === undefined ? "" : value.toPrecision(3)),
      })),
    ],
  };
  return new uPlot(options, columns(lines), place);
}

/** A column of x, then one of y for each line, null where a line has no point. */
function columns(lines) {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((x, y) => x - y);
  return [xs, ...lines.map(({ points }) => {
    const ys = new Map(points);
    return xs.map((x) => ys.get(x) ?? null);
  })];
}

/** From a step of the axis to another; uPlot's own range ends at powers of ten. */
function rangeOf(lines) {
  const all = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const steps = Array.from({ length: 36 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 4));
  const low = steps.findLast((step) => step < Math.min(...all) / 1.05);
  const high = steps.find((step) => step > Math.max(...all) * 1.05);
  return [low ?? steps[0], high ?? steps.at(-1)];
}

/** Whether a value is so many times a power of ten. */
function isStep(value, digits) {
  const [digit, more] = value.toExponential(6).split("e")[0].split(".");
  return digits.includes(Number(digit)) && Number(more) === 0;
}

function powerOfTen(value) {
  return value !== null && isStep(value, [1]) ? magnitude(value) : "";
}

function threeToADecade(value) {
  return value !== null && isStep(value, [1, 2, 5]) ? magnitude(value) : "";
}

/** Such as 30k or 100M. */
function magnitude(value) {
  if (value === null || value === undefined) return "";
  for (const [size, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= size) return `${Number((value / size).toPrecision(3))}${letter}`;
  }
  return String(Number(value.toPrecision(3)));
}
