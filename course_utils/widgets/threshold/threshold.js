/* A threshold on the scores of two classes: moved, it changes what is called positive, and so precision, recall, the
   cost, and its point on both curves. Scores are counted in bins of log-odds; a threshold is the edge of a bin. */

import { BLUE, GRAY, GREEN, VERMILION, createSlider, createVoice, format, leaveKeysAlone } from "../common.js";
import { createPlot, drawAxes, drawLine, writeText } from "../plot.js";

const N_BINS = 480;
const A_UNIT = 20; // bins to a unit of log-odds
const END = 12; // the bins, and the axis of the scores, go from -12 to 12
const BARS = 96; // on that axis: five bins to a bar
const COSTS = [1, 2, 5, 10, 20, 50, 100, 200];
const SHARES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const TEMPERATURES = [0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2,
  2.25, 2.5, 3, 3.5, 4];
const TICKS = [0.00001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.99999];
const [PALE_VERMILION, PALE_BLUE] = ["#f2b48c", "#92c5e8"]; // right answers: what counts are the errors
const [CHANCE, DIAGONAL] = [{ color: GRAY, width: 2, dash: [2, 3] }, [[0, 0], [1, 1]]];
const PLOT = { flat: 1, least: 0, left: 48 }; // square, as small as a phone wants it

// ---- what is computed from the counts of both classes in each bin

const sum = (values) => values.reduce((total, value) => total + value, 0);
export const sigmoid = (logOdds) => 1 / (1 + Math.exp(-logOdds));
export const logOddsOf = (edge) => (edge - N_BINS / 2) / A_UNIT;

/* How many have a score from an edge on, for each edge: all of them at the first one, none at the last. */
export function countFrom(bins) {
  const counts = new Float64Array(N_BINS + 1);
  for (let edge = N_BINS - 1; edge >= 0; edge--) counts[edge] = counts[edge + 1] + bins[edge];
  return counts;
}

/* What one positive counts as, so that positives are this share of all. */
export const weightFor = (share, nPositive, nNegative) => (share / (1 - share)) * (nNegative / nPositive);

/* The confusion matrix at an edge, whose positives count as much as `weight` says. */
export function fieldsAt(edge, positive, negative, weight = 1) {
  return { found: weight * positive[edge], missed: weight * (positive[0] - positive[edge]),
    alarms: negative[edge], passed: negative[0] - negative[edge] };
}

export function measure({ found, missed, alarms, passed }) {
  return { recall: found / (found + missed), precision: found / (found + alarms), // NaN without alarms
    falseRate: alarms / (alarms + passed), f1: (2 * found) / (2 * found + missed + alarms) };
}

export const costOf = ({ found, missed, alarms }, { costFound, costMissed, costAlarm }) =>
  costFound * found + costMissed * missed + costAlarm * alarms;

/* Both curves, from the strictest threshold to the most lenient, and the area under each of them. */
export function curvesOf(positive, negative, weight) {
  const points = Array.from(positive, (_, i) => measure(fieldsAt(N_BINS - i, positive, negative, weight)));
  const steps = points.slice(1).map((point, i) => [points[i], point]);
  const area = sum(steps.map(([from, to]) => ((to.falseRate - from.falseRate) * (to.recall + from.recall)) / 2));
  const averagePrecision = sum(steps.map(([from, to]) => (to.recall - from.recall) * (to.precision || 0)));
  return { points, area, averagePrecision };
}

/* Wilson's interval of a share, 95%, as in lesson 6. */
export function wilsonInterval(n, of) {
  const [share, square] = [n / of, 1.959964 ** 2];
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = Math.sqrt(square * ((share * (1 - share)) / of + square / (4 * of * of))) / (1 + square / of);
  return [n === 0 ? 0 : middle - half, n === of ? 1 : middle + half];
}

/* What was predicted and what came true, in ten bins of the probability. Where positives count more or less, so does
   a share of them; that moves the ends of its interval along. */
export function reliabilityOf(bins, temperature, weight) {
  const rows = Array.from({ length: 10 }, () => ({ positive: 0, count: 0, weights: 0, expected: 0 }));
  for (let bin = 0; bin < N_BINS; bin++) {
    const probability = sigmoid((logOddsOf(bin) + 0.5 / A_UNIT) / temperature);
    const row = rows[Math.min(9, Math.floor(10 * probability))];
    const weights = bins.negative[bin] + weight * bins.positive[bin];
    row.positive += bins.positive[bin];
    row.count += bins.negative[bin] + bins.positive[bin];
    row.weights += weights;
    row.expected += weights * probability;
  }
  const weighted = (share) => (weight * share) / (weight * share + 1 - share);
  const dots = rows.filter(({ count }) => count > 0).map(({ positive, count, weights, expected }) => {
    const [low, high] = wilsonInterval(positive, count).map(weighted);
    return { said: expected / weights, was: weighted(positive / count), low, high, count, weights };
  });
  const total = sum(dots.map(({ weights }) => weights));
  const error = sum(dots.map(({ said, was, weights }) => Math.abs(said - was) * weights)) / total;
  return { dots, error, expected: sum(rows.map(({ expected }) => expected)) };
}

/* Bars of the axis, from the counts of `countFrom`: a temperature squeezes the scores to the middle, or stretches them;
   within a bin they lie evenly, and what leaves the axis is counted in the outermost bars. */
export function barsOf(counts, temperature) {
  const countAbove = (logOdds) => {
    const place = Math.min(N_BINS, Math.max(0, logOdds * temperature * A_UNIT + N_BINS / 2));
    const edge = Math.min(N_BINS - 1, Math.floor(place));
    return counts[edge] + (place - edge) * (counts[edge + 1] - counts[edge]);
  };
  const ends = Array.from({ length: BARS + 1 }, (_, bar) => countAbove((2 * END * bar) / BARS - END));
  [ends[0], ends[BARS]] = [counts[0], 0];
  return ends.slice(1).map((end, bar) => Math.max(0, ends[bar] - end));
}

/* A probability with three digits that tell, so that no two thresholds read alike: 0.31, 0.00123, 0.99877. */
export function formatProbability(value) {
  const rest = Math.min(value, 1 - value);
  if (rest < 1e-6) return value < 0.5 ? "under 0.000001" : "over 0.999999";
  return format(value, 2 - Math.floor(Math.log10(rest) + 1e-9));
}

const formatCount = (value) => format(value, value < 100 ? 1 : 0); // a weight makes fractions
const formatShare = (value) => (Number.isNaN(value) ? "none" : format(value, 3)); // without alarms, no precision

// ---- the widget

const MARKUP = `
  <p class="cnn-title" data-is="title"></p>
  <canvas class="cnn-threshold-scores" data-is="scores" tabindex="0" role="slider" aria-valuemin="0"
    aria-valuemax="${N_BINS}" aria-label="Threshold in the histograms"></canvas>
  <div class="cnn-threshold-slider" data-is="slider"></div>
  <p class="cnn-threshold-says" data-is="says"></p>
  <p class="cnn-threshold-text" data-is="cost"></p>
  <div class="cnn-tools" data-is="tools"></div>
  <p class="cnn-threshold-text" data-is="prevalence"></p>
  <p class="cnn-threshold-text" data-is="temperature"></p>
  <div class="cnn-row">
    <div class="cnn-row cnn-threshold-tables">
      <table><caption class="cnn-title">Confusion matrix</caption>
        <tr><td></td><th scope="col"></th><th scope="col"></th></tr>
        <tr><th scope="row"></th><td class="cnn-threshold-passed"><b data-is="passed"></b> passed (true negatives)</td>
          <td class="cnn-threshold-alarms"><b data-is="alarms"></b> false alarms (false positives)</td></tr>
        <tr><th scope="row"></th><td class="cnn-threshold-missed"><b data-is="missed"></b> missed (false negatives)</td>
          <td class="cnn-threshold-found"><b data-is="found"></b> found (true positives)</td></tr>
      </table>
      <dl>
        <dt>Recall</dt><dd data-is="recall"></dd><dt>Precision</dt><dd data-is="precision"></dd>
        <dt>False positive rate</dt><dd data-is="falseRate"></dd><dt>F1</dt><dd data-is="f1"></dd>
      </dl>
    </div>
    <div class="cnn-row cnn-threshold-plots">${["ROC curve", "Precision, recall", "Reliability"].map((title) => `
      <div class="cnn-panel"><p class="cnn-title">${title}</p>
        <canvas data-is="${title}" role="img"></canvas><p class="cnn-help" data-is="${title}-key"></p></div>`).join("")}
    </div>
  </div>
  <p class="cnn-threshold-text" data-is="calibration"></p>
  <p class="cnn-help">Move the threshold with mouse or finger in the histograms, or with the arrow keys (with Shift, ten
    steps; Home and End go to the ends).</p>
  <p class="cnn-message" role="alert"></p>
  <p class="cnn-live" role="status"></p>`;

/* Put the widget into an element. The state has `negative` and `positive` (how many scores of each class lie in each
   bin), the `names` of both classes and of all `things`, what a `score` is, `edge` (which edge of a bin is the
   threshold), `lowest` (the one of the lowest cost so far), `prevalence` (null: that of the data),
   `temperature`, `costMissed`, `costAlarm` and `costFound`. `ask` tells a kernel of each change, where there is one. */
export function mountThreshold(element, state, ask = async () => {}) {
  element.classList.add("cnn", "cnn-threshold");
  element.innerHTML = MARKUP;
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  const write = (name, words) => (find(name).textContent = words);
  const speak = createVoice(find(".cnn-live"));

  const { names: [no, yes], things, score, positive: above, negative: below, ...now } = state; // now: what can change
  const [positive, negative] = [countFrom(above), countFrom(below)];
  const own = positive[0] / (positive[0] + negative[0]); // the share of positives in the data
  let [seen, told] = [null, ""]; // what follows from it; what a kernel was told last

  const weight = () => (now.prevalence === null ? 1 : weightFor(now.prevalence, positive[0], negative[0]));
  const costAt = (edge) => costOf(fieldsAt(edge, positive, negative, weight()), now);

  /* The probability at an edge, in words: a temperature moves it along. */
  function nameOf(edge, temperature = now.temperature) {
    if (edge === 0) return "0";
    return edge === N_BINS ? "above all" : formatProbability(sigmoid(logOddsOf(edge) / temperature));
  }

  // ---- what is said

  function sayWhatItFinds({ found, missed, alarms }, { recall, precision }) {
    const [n, all] = [found + alarms, `${formatCount(found + missed)} ${yes} ${things}`];
    if (!n) return `No score is high enough: it never says “${yes}”, and misses all ${all} (recall 0).`;
    const where = now.edge ? `From ${nameOf(now.edge)} on` : "Whatever the score,";
    const [some, wrong] = [found, alarms].map((count) => (count ? formatCount(count) : "none"));
    return `${where} it says “${yes}”: it finds ${missed ? `${some} of` : "all"} ${all} (recall ` +
      `${format(recall, 3)}), and ${wrong} of its ${formatCount(n)} alarms ${alarms === 1 ? "is" : "are"} false ` +
      `(precision ${format(precision, 3)}).`;
  }

  function sayCost({ found, missed, alarms }) {
    const parts = [[missed, now.costMissed, "missed"],
      [alarms, now.costAlarm, alarms === 1 ? "false alarm" : "false alarms"]];
    if (now.costFound) parts.push([found, now.costFound, "found"]);
    const words = parts.map(([count, cost, what]) => `${formatCount(count)} ${what} at ${format(cost)} each`);
    const products = parts.map(([count, cost]) => formatCount(count * cost)).join(" + ");
    const lowest = now.lowest === now.edge ? "the lowest so far"
      : `lowest so far ${formatCount(costAt(now.lowest))} at ${nameOf(now.lowest)}`;
    return `The cost: ${words.join(", ")}, that is ${products} = ${formatCount(costAt(now.edge))}; ${lowest}.`;
  }

  function sayCalibration({ expected, error }, all) {
    return `Added up, the probabilities promise ${formatCount(expected)} ${yes} ${things}, and there are ` +
      `${formatCount(all)}. The dots’ mean distance from the diagonal (the calibration error) is ${format(error, 3)}.`;
  }

  function sayPrevalence({ precision }) {
    if (now.prevalence === null) return "";
    const before = measure(fieldsAt(now.edge, positive, negative)).precision;
    const becomes = Number.isNaN(precision) ? "" : ` Precision here goes from ${format(before, 3)} in the data to ` +
      `${format(precision, 3)}: as many false alarms, beside ${weight() < 1 ? "fewer" : "more"} that are right.`;
    return `As if the share of ${yes} ${things} were ${format(now.prevalence, 3)}, not ${format(own, 3)}: each of ` +
      `them counts as ${format(weight(), weight() < 0.1 ? 4 : 2)}. The ROC curve stays, since each of its rates is a ` +
      `share of one class.${becomes} The probabilities stay as well, and were not made for this share.`;
  }

  function sayTemperature() {
    if (now.temperature === 1) return "";
    const [before, after] = [nameOf(now.edge, 1), nameOf(now.edge)];
    const moves = before === after ? `stays at ${after}` : `moves along, from ${before} to ${after}`;
    return `All log-odds are divided by ${format(now.temperature)}. No two scores change places, so both curves ` +
      `stay, and so does the point. The threshold ${moves}. What changes is what the probabilities promise: gray ` +
      "dots are those of temperature 1.";
  }

  // ---- what is seen

  /* Compute all, show it, and say it; `what` was changed. */
  function update(what) {
    if (costAt(now.edge) < costAt(now.lowest)) now.lowest = now.edge;
    const fields = fieldsAt(now.edge, positive, negative, weight());
    seen = { fields, values: measure(fields), curves: curvesOf(positive, negative, weight()),
      reliability: reliabilityOf(state, now.temperature, weight()) };
    const words = { says: sayWhatItFinds(fields, seen.values), cost: sayCost(fields),
      calibration: sayCalibration(seen.reliability, fields.found + fields.missed),
      prevalence: sayPrevalence(seen.values), temperature: sayTemperature() };
    for (const [name, sentence] of Object.entries(words)) write(name, sentence);
    writeNumbers(seen);
    slider.value = now.edge;
    for (const plot of plots) plot.show();
    if (what === "temperature") speak(`${words.temperature} ${words.calibration}`);
    else speak(`${what === "prevalence" ? words.prevalence : ""} ${words.says} ${words.cost}`.trim());
    if (JSON.stringify(now) !== told) ask("change", { ...now }).catch(() => {});
    told = JSON.stringify(now);
  }

  /* The numbers beside the pictures, and what a screen reader says of the pictures. */
  function writeNumbers({ fields, values: { recall, precision, falseRate, f1 }, curves, reliability }) {
    const { found, missed, alarms, passed } = fields;
    const share = (part, rest, value) => `${formatCount(part)} / ${formatCount(part + rest)} = ${formatShare(value)}`;
    for (const [name, count] of Object.entries(fields)) write(name, formatCount(count));
    write("recall", share(found, missed, recall));
    write("precision", share(found, alarms, precision));
    write("falseRate", share(alarms, passed, falseRate));
    write("f1", format(f1, 3));
    write("ROC curve-key", `AUC ${format(curves.area, 3)}. Dotted: chance.`);
    write("Precision, recall-key", `Average precision ${format(curves.averagePrecision, 3)}. Dotted: chance.` +
      `${now.prevalence === null ? "" : " Gray: as in the data."}`);
    const [x, y] = [`false positive rate ${format(falseRate, 3)}`, `recall ${format(recall, 3)}`];
    find("ROC curve").ariaLabel = `At the threshold: ${x}, ${y}`;
    find("Precision, recall").ariaLabel = `At the threshold: ${y}, precision ${formatShare(precision)}`;
    find("Reliability").ariaLabel = reliability.dots.map(({ said, was, count }) =>
      `${format(count)} ${state.things}: predicted ${format(said)}, observed share ${format(was)}`).join("; ");
    Object.assign(find("scores"), { ariaValueNow: now.edge, ariaValueText: nameOf(now.edge) });
  }

  const inData = curvesOf(positive, negative, 1);
  const axisOf = (label) => ({ from: 0, to: 1, label, ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]] });

  /* A curve and the point on it; below, in gray, the curve at the data's prevalence, and what chance does. */
  const paintCurve = (x, y) => (plot) => {
    const pointsOf = (points) => points.map((values) => [values[x], values[y]]);
    drawAxes(plot, axisOf(x === "falseRate" ? "false positive rate" : x), axisOf(y));
    drawLine(plot, y === "recall" ? DIAGONAL : [0, 1].map((recall) => [recall, now.prevalence ?? own]), CHANCE);
    drawLine(plot, pointsOf(inData.points), { color: GRAY, width: 2 });
    drawLine(plot, pointsOf(seen.curves.points), { width: 2 });
    drawLine(plot, pointsOf([seen.values]), { dot: 6, fill: GREEN });
  };

  function paintReliability(plot) {
    drawAxes(plot, axisOf("mean predicted probability"), axisOf(`share ${yes}`));
    drawLine(plot, DIAGONAL, CHANCE);
    seen.reliability.dots.forEach(({ said, was, count }, i) => { // each number where it has room
      const [x, y] = plot.at([said, was]);
      if (said > 0.88) writeText(plot, format(count), [x - 8, y + 9], { align: "right" });
      else writeText(plot, format(count), [x + 7, y + (was > 0.08 ? 9 : -9 - 12 * (i % 2))], { align: "left" });
    });
    const before = now.temperature === 1 ? [] : reliabilityOf(state, 1, weight()).dots;
    for (const [dots, color] of [[before, GRAY], [seen.reliability.dots, "black"]]) {
      for (const { said, was, low, high } of dots) {
        drawLine(plot, [[said, low], [said, high]], { color, width: 2 });
        drawLine(plot, [[said, was]], { color, dot: 4 });
      }
    }
  }

  /* The bars of a class, upward or downward, each as high as the root of its count; and ticks at two round counts. */
  function sideOf(counts, times, way) {
    const bars = barsOf(counts, now.temperature).map((count) => times * count);
    const largest = Math.max(...bars);
    const heightOf = (count) => way * Math.sqrt(count / largest);
    const round = [largest, largest / 6].map((count) => Number(count.toPrecision(1)));
    return { heights: bars.map(heightOf), ticks: round.map((count) => [heightOf(count), format(count, 4)]) };
  }

  /* Bars of both classes, the positive one upward, the threshold, and how many are on either side of it. */
  function paintScores(plot) {
    const [up, down] = [sideOf(positive, weight(), 1), sideOf(negative, 1, -1)];
    const shown = TICKS.filter((tick) => plot.width > 520 || [0.01, 0.5, 0.99].includes(tick));
    const ticks = shown.map((score) => [Math.log(score / (1 - score)), format(score, 5)]);
    drawAxes(plot, { from: -END, to: END, label: `score: ${score}`, ticks },
      { from: -1.2, to: 1.2, label: "", ticks: [...up.ticks, ...down.ticks] });
    const cut = Math.min(END, Math.max(-END, logOddsOf(now.edge) / now.temperature));
    const pixel = 2.4 / plot.height;
    const fill = (from, to, low, high, color = "black") => {
      const [[left, bottom], [right, top]] = [plot.at([from, low]), plot.at([to, high])];
      plot.context.fillStyle = color;
      plot.context.fillRect(Math.round(left), bottom, Math.round(right) - Math.round(left), top - bottom);
    };
    const colors = [[up, VERMILION, PALE_VERMILION, VERMILION], [down, PALE_BLUE, BLUE, BLUE]]; // errors are strong
    for (const [{ heights }, before, after, rim] of colors) {
      heights.forEach((height, bar) => {
        const [from, to] = [bar, bar + 1].map((edge) => (2 * END * edge) / BARS - END);
        const inside = Math.min(to, Math.max(from, cut)); // a bar may lie on both sides of the threshold
        fill(from, inside, 0, height, before);
        fill(inside, to, 0, height, after);
        if (height) fill(from, to, height, height - 1.5 * pixel * Math.sign(height), rim);
      });
    }
    fill(-END, END, -pixel / 2, pixel / 2);
    drawLine(plot, [[cut, -1.2], [cut, 1.2]], { width: 2 });
    for (const [name, x, y] of [["missed", -END, 1], ["found", END, 1], ["passed", -END, -1], ["alarms", END, -1]]) {
      const words = `${name === "alarms" ? "false alarms" : name} ${formatCount(seen.fields[name])}`;
      const align = x < 0 ? "left" : "right";
      writeText(plot, words, plot.at([0.97 * x, 1.1 * y]), { align, most: 0.45 * plot.width });
    }
    [[yes, 0.6], [no, -0.6]].forEach(([name, y]) =>
      writeText(plot, name, [11, plot.at([0, y])[1]], { isTurned: true, most: 0.4 * plot.height }));
  }

  const scores = createPlot(find("scores"), { flat: 0, least: 226, left: 62, right: 24 }, paintScores);
  const plots = [scores, createPlot(find("ROC curve"), PLOT, paintCurve("falseRate", "recall")),
    createPlot(find("Precision, recall"), PLOT, paintCurve("recall", "precision")),
    createPlot(find("Reliability"), PLOT, paintReliability)];

  // ---- what is changed

  function change(changes) {
    Object.assign(now, changes);
    update(Object.keys(changes)[0]);
  }

  const moveTo = (edge) => change({ edge: Math.min(N_BINS, Math.max(0, edge)) });
  const reprice = (changes) => change({ ...changes, lowest: now.edge }); // the lowest so far was of other costs

  function moveToPointer(event) {
    const [logOdds] = scores.valueAt(event);
    if (Math.abs(logOdds) >= END) moveTo(logOdds < 0 ? 0 : N_BINS);
    else moveTo(Math.round(logOdds * now.temperature * A_UNIT) + N_BINS / 2);
  }

  let start = null; // where a finger came down, until it is clear that it moves sideways and scrolls no page
  find("scores").addEventListener("pointerdown", (event) => {
    find("scores").setPointerCapture(event.pointerId);
    start = event.pointerType === "touch" ? event : null;
    if (!start) moveToPointer(event);
  });
  find("scores").addEventListener("pointermove", (event) => {
    const { buttons, clientX, clientY } = event;
    if (!buttons || (start && Math.abs(clientX - start.clientX) <= Math.abs(clientY - start.clientY))) return;
    start = null;
    moveToPointer(event);
  });
  find("scores").addEventListener("click", moveToPointer); // a tap
  find("scores").addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -N_BINS, End: N_BINS }[event.key];
    if (!steps || event.ctrlKey || event.metaKey || event.altKey) return;
    moveTo(now.edge + steps * (event.shiftKey ? 10 : 1));
    event.preventDefault();
    event.stopPropagation();
  });

  const slider = createSlider({ label: "Threshold", values: Array.from({ length: N_BINS + 1 }, (_, i) => i),
    value: now.edge, show: (edge) => nameOf(edge), onInput: moveTo });
  const share = now.costFound / now.costAlarm; // 1: whoever looks at each alarm pays for those that are right, too
  find("slider").append(slider.element);
  find("tools").append(...[
    { label: "A miss costs", values: COSTS, value: now.costMissed, onInput: (costMissed) => reprice({ costMissed }) },
    { label: share === 1 ? "An alarm costs" : "A false alarm costs", values: COSTS, value: now.costAlarm,
      onInput: (value) => reprice({ costAlarm: value, costFound: share * value }) },
    { label: "Prevalence", values: [...new Set([...SHARES, own])].sort((a, b) => a - b), value: now.prevalence ?? own,
      show: (share) => `${format(share, 3)}${share === own ? " (data)" : ""}`,
      onInput: (share) => reprice({ prevalence: share === own ? null : share }) },
    { label: "Temperature", values: TEMPERATURES, value: now.temperature,
      onInput: (value) => change({ temperature: value }) },
  ].map((options) => createSlider(options).element));

  const heads = [`says “${no}”`, `says “${yes}”`, `is ${no}`, `is ${yes}`];
  element.querySelectorAll("th").forEach((head, i) => (head.textContent = heads[i]));
  write("title", `Scores: “${yes}” above, “${no}” below, each with its own square-root scale`);
  write("Reliability-key", `Dotted: calibrated. Numbers: ${things}. Bars: 95% intervals.`);
  update();
  return { tell: (words) => write(".cnn-message", words) };
}
