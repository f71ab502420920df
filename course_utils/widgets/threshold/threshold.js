/* A threshold on the scores of two classes: moved, it changes what is called positive, and so precision, recall, the
   cost, and its point on both curves. Scores are counted in bins of log-odds; a threshold is the edge of a bin. */

import { BLUE, GRAY, GREEN, VERMILION, createSlider, createVoice, format, leaveKeysAlone } from "../common.js";

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
const [LEFT, RIGHT] = [62, 24]; // pixels beside the histograms
const [CHANCE, DIAGONAL] = [{ color: GRAY, dashes: [2, 3] }, [[0, 0], [1, 1]]];
const Z = 1.959964; // of a 95% interval

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

/* Wilson's interval of a share, as in lesson 6. */
export function wilsonInterval(n, of) {
  const [share, square] = [n / of, Z * Z];
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
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

/* A probability with two digits that tell: 0.31, 0.0012, 0.9988. */
export function formatProbability(value) {
  const rest = Math.min(value, 1 - value);
  if (rest < 1e-6) return value < 0.5 ? "under 0.000001" : "over 0.999999";
  return format(value, Math.max(2, 1 - Math.floor(Math.log10(rest) + 1e-9)));
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
  <p class="cnn-threshold-text" data-is="prevalence"></p>
  <p class="cnn-threshold-text" data-is="temperature"></p>
  <p class="cnn-help">Move the threshold with mouse or finger in the histograms, or with the arrow keys (with Shift, ten
    steps; Home and End go to the ends).</p>
  <p class="cnn-message" role="alert"></p>
  <p class="cnn-live" role="status"></p>`;

/* Put the widget into an element. The state has `negative` and `positive` (how many scores of each class lie in each
   bin), the `names` of both classes and of all `things`, `edge` (which edge of a bin is the threshold), `lowest` (the
   one of the lowest cost so far), `prevalence` (null: that of the data), `temperature`, `costMissed`, `costAlarm` and
   `costFound`. `ask` tells a kernel of each change, where there is one. */
export function mountThreshold(element, state, ask = async () => {}) {
  element.classList.add("cnn", "cnn-threshold");
  element.innerHTML = MARKUP;
  leaveKeysAlone(element);
  const find = (name) => element.querySelector(name.startsWith(".") ? name : `[data-is="${name}"]`);
  const write = (name, words) => (find(name).textContent = words);
  const speak = createVoice(find(".cnn-live"));

  const [no, yes] = state.names;
  const [positive, negative] = [countFrom(state.positive), countFrom(state.negative)];
  const own = positive[0] / (positive[0] + negative[0]); // the share of positives in the data
  const { edge, lowest, prevalence, temperature, costMissed, costAlarm, costFound } = state;
  const now = { edge, lowest, prevalence, temperature, costMissed, costAlarm, costFound }; // all that can be changed
  let seen; // what follows from it
  let told = "";

  const weight = () => (now.prevalence === null ? 1 : weightFor(now.prevalence, positive[0], negative[0]));
  const costAt = (edge) => costOf(fieldsAt(edge, positive, negative, weight()), now);

  /* The probability at an edge, in words: a temperature moves it along. */
  function nameOf(edge, temperature = now.temperature) {
    if (edge === 0) return "0";
    return edge === N_BINS ? "above all" : formatProbability(sigmoid(logOddsOf(edge) / temperature));
  }

  // ---- what is said

  function sayWhatItFinds({ found, missed, alarms }, { recall, precision }) {
    const [n, all] = [found + alarms, `${formatCount(found + missed)} ${yes} ${state.things}`];
    if (!n) return `No score is high enough: it never says “${yes}”, and misses all ${all} (recall 0).`;
    const where = now.edge ? `From ${nameOf(now.edge)} on` : "Whatever the score,";
    const finds = missed ? `${found ? formatCount(found) : "none"} of ${all}` : `all ${all}`;
    return `${where} it says “${yes}”: it finds ${finds} (recall ${format(recall, 3)}), and ` +
      `${alarms ? formatCount(alarms) : "none"} of its ${formatCount(n)} alarms ${alarms === 1 ? "is" : "are"} false ` +
      `(precision ${format(precision, 3)}).`;
  }

  function sayCost({ found, missed, alarms }) {
    const parts = [[missed, now.costMissed, "missed"],
      [alarms, now.costAlarm, alarms === 1 ? "false alarm" : "false alarms"], [found, now.costFound, "found"]];
    if (!now.costFound) parts.pop();
    const words = parts.map(([count, cost, what]) => `${formatCount(count)} ${what} at ${format(cost)} each`);
    const products = parts.map(([count, cost]) => formatCount(count * cost)).join(" + ");
    const lowest = now.lowest === now.edge ? "the lowest so far"
      : `lowest so far ${formatCount(costAt(now.lowest))} at ${nameOf(now.lowest)}`;
    return `The cost: ${words.join(", ")}, that is ${products} = ${formatCount(costAt(now.edge))}; ${lowest}.`;
  }

  function sayCalibration({ expected, error }, { found, missed }) {
    return `Added up, the probabilities promise ${formatCount(expected)} ${yes} ${state.things}, and there are ` +
      `${formatCount(found + missed)}. The dots’ mean distance from the diagonal (the calibration error) is ` +
      `${format(error, 3)}.`;
  }

  function sayPrevalence({ precision }) {
    if (now.prevalence === null) return "";
    const before = measure(fieldsAt(now.edge, positive, negative)).precision;
    const becomes = Number.isNaN(precision) ? "" : ` Precision here goes from ${format(before, 3)} in the data to ` +
      `${format(precision, 3)}: as many false alarms, beside ${weight() < 1 ? "fewer" : "more"} that are right.`;
    return `As if the share of ${yes} ${state.things} were ${format(now.prevalence, 3)}, not ${format(own, 3)}: each ` +
      `of them counts as ${format(weight(), weight() < 0.1 ? 4 : 2)}. The ROC curve stays, since each of its rates ` +
      `is a share of one class.${becomes} The probabilities stay as well, and were not made for this share.`;
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
      calibration: sayCalibration(seen.reliability, fields), prevalence: sayPrevalence(seen.values),
      temperature: sayTemperature() };
    for (const [name, sentence] of Object.entries(words)) write(name, sentence);
    writeNumbers(seen);
    slider.value = now.edge;
    for (const show of plots) show();
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
    const here = (x, y) => `At the threshold: ${x}, ${y}`;
    const [ofRecall, ofPrecision] = [`recall ${format(recall, 3)}`, `precision ${formatShare(precision)}`];
    find("ROC curve").ariaLabel = here(`false positive rate ${format(falseRate, 3)}`, ofRecall);
    find("Precision, recall").ariaLabel = here(ofRecall, ofPrecision);
    find("Reliability").ariaLabel = reliability.dots.map(({ said, was, count }) =>
      `Predicted ${format(said)}, observed ${format(was)} of ${format(count)}`).join("; ");
    find("scores").ariaValueNow = now.edge;
    find("scores").ariaValueText = nameOf(now.edge);
  }

  const inData = curvesOf(positive, negative, 1);

  /* A curve and the point on it; below, in gray, the curve at the data's prevalence, and what chance does. */
  const paintCurve = (x, y, labels, chance) => (context, size) => {
    const at = paintAxes(context, size, ...labels);
    const pointsOf = (points) => points.map((values) => [values[x], values[y]]);
    paintLine(context, at, chance(), CHANCE);
    paintLine(context, at, pointsOf(inData.points), { color: GRAY });
    paintLine(context, at, pointsOf(seen.curves.points));
    paintDots(context, at, pointsOf([seen.values]), { color: GREEN, size: 6 });
  };

  const plots = [
    createPlot(find("scores"), paintScores),
    createPlot(find("ROC curve"), paintCurve("falseRate", "recall", ["false positive rate", "recall"],
      () => DIAGONAL)),
    createPlot(find("Precision, recall"), paintCurve("recall", "precision", ["recall", "precision"],
      () => [0, 1].map((recall) => [recall, now.prevalence ?? own]))),
    createPlot(find("Reliability"), paintReliability),
  ];

  function paintReliability(context, size) {
    const at = paintAxes(context, size, "mean predicted probability", `share ${yes}`);
    paintLine(context, at, DIAGONAL, CHANCE);
    seen.reliability.dots.forEach(({ said, was, count }, i) => { // each number where it has room
      const [x, y] = at([said, was]);
      if (said > 0.88) writeText(context, format(count), Math.min(x, size.width - 18), y + 15);
      else writeText(context, format(count), x + 7, y + (was > 0.08 ? 9 : -9 - 12 * (i % 2)), { align: "left" });
    });
    const before = now.temperature === 1 ? [] : reliabilityOf(state, 1, weight()).dots;
    for (const [dots, color] of [[before, GRAY], [seen.reliability.dots, "black"]]) {
      for (const { said, low, high } of dots) paintLine(context, at, [[said, low], [said, high]], { color });
      paintDots(context, at, dots.map(({ said, was }) => [said, was]), { color, size: 4 });
    }
  }

  /* Bars of both classes, the positive one upward, each as high as the root of its count; and the threshold. */
  function paintScores(context, { width, height }) {
    const box = { left: LEFT, right: width - RIGHT, top: 22, bottom: height - 60 };
    const at = (logOdds) => box.left + ((logOdds + END) / (2 * END)) * (box.right - box.left);
    const [middle, reach, base] = [(box.top + box.bottom) / 2, (box.bottom - box.top) / 2, box.bottom + 20];
    const cut = at(Math.min(END, Math.max(-END, logOddsOf(now.edge) / now.temperature)));
    const classes = [[yes, positive, weight(), -1, VERMILION, PALE_VERMILION, VERMILION],
      [no, negative, 1, 1, PALE_BLUE, BLUE, BLUE]]; // errors are strong, right answers pale with a rim
    for (const [name, counts, times, way, before, after, strong] of classes) {
      const bars = barsOf(counts, now.temperature).map((count) => times * count);
      const largest = Math.max(...bars);
      const heightOf = (count) => way * Math.sqrt(count / largest) * reach;
      bars.forEach((count, bar) => {
        const [from, to] = [bar, bar + 1].map((edge) => Math.round(at((2 * END * edge) / BARS - END)));
        const inside = Math.min(to, Math.max(from, cut)); // a bar may lie on both sides of the threshold
        fillBox(context, from, middle, inside - from, heightOf(count), before);
        fillBox(context, inside, middle, to - inside, heightOf(count), after);
        if (count) fillBox(context, from, middle + heightOf(count), to - from, -1.5 * way, strong);
      });
      for (const count of [largest, largest / 6].map((number) => Number(number.toPrecision(1)))) {
        fillBox(context, box.left - 4, middle + heightOf(count) - 0.5, 4, 1);
        writeText(context, format(count, 4), box.left - 6, middle + heightOf(count), { align: "right" });
      }
      writeText(context, name, 10, middle + (way * reach) / 2, { turned: true, most: reach });
    }
    for (const y of [middle, base]) fillBox(context, box.left, y - 0.5, box.right - box.left, 1);
    for (const tick of TICKS) {
      const x = at(Math.log(tick / (1 - tick)));
      fillBox(context, x - 0.5, base, 1, 4);
      if (width > 600 || [0.01, 0.5, 0.99].includes(tick)) writeText(context, format(tick, 5), x, base + 13);
    }
    writeText(context, "score: predicted probability", (box.left + box.right) / 2, height - 9);
    fillBox(context, cut - 1.5, 4, 3, base - 4);
    const { found, missed, alarms, passed } = seen.fields;
    for (const [words, isLeft, y] of [[`missed ${formatCount(missed)}`, true, 10],
      [`found ${formatCount(found)}`, false, 10], [`passed ${formatCount(passed)}`, true, box.bottom + 10],
      [`false alarms ${formatCount(alarms)}`, false, box.bottom + 10]]) {
      writeText(context, words, isLeft ? box.left + 2 : box.right, y, { align: isLeft ? "left" : "right" });
    }
  }

  // ---- what is changed

  function change(changes) {
    Object.assign(now, changes);
    update(Object.keys(changes)[0]);
  }

  const moveTo = (edge) => change({ edge: Math.min(N_BINS, Math.max(0, edge)) });
  /* What the lowest cost so far was, was the lowest of other costs. */
  const changeCosts = (changes) => change({ ...changes, lowest: now.edge });

  function moveToPointer(event) {
    const box = find("scores").getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT);
    if (share <= 0 || share >= 1) moveTo(share <= 0 ? 0 : N_BINS);
    else moveTo(Math.round((2 * share - 1) * END * now.temperature * A_UNIT) + N_BINS / 2);
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
  const isLook = costFound === costAlarm; // whoever looks at each alarm pays for those that are right, too
  find("slider").append(slider.element);
  find("tools").append(...[
    { label: "A miss costs", values: COSTS, value: costMissed, onInput: (value) => changeCosts({ costMissed: value }) },
    { label: isLook ? "An alarm costs" : "A false alarm costs", values: COSTS, value: costAlarm,
      onInput: (value) => changeCosts({ costAlarm: value, costFound: (costFound / costAlarm) * value }) },
    { label: "Prevalence", values: [...new Set([...SHARES, own])].sort((a, b) => a - b), value: prevalence ?? own,
      show: (share) => `${format(share, 3)}${share === own ? " (data)" : ""}`,
      onInput: (share) => changeCosts({ prevalence: share === own ? null : share }) },
    { label: "Temperature", values: TEMPERATURES, value: temperature,
      onInput: (value) => change({ temperature: value }) },
  ].map((options) => createSlider(options).element));

  const heads = [`says “${no}”`, `says “${yes}”`, `is ${no}`, `is ${yes}`];
  element.querySelectorAll("th").forEach((head, i) => (head.textContent = heads[i]));
  write("title", `Scores: “${yes}” above, “${no}” below, each on its own scale (root of the count)`);
  write("Reliability-key", `Dotted: calibrated. Numbers: ${state.things}. Bars: 95% intervals.`);
  update();
  return { tell: (words) => write(".cnn-message", words) };
}

// ---- pictures: sizes are in pixels of the page

/* A canvas that is painted when asked, and when its size changes. */
function createPlot(canvas, paint) {
  function show() {
    const [width, height, dense] = [canvas.clientWidth, canvas.clientHeight, Math.max(1, window.devicePixelRatio)];
    if (!width) return;
    Object.assign(canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
    const context = canvas.getContext("2d");
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.font = "12px system-ui, sans-serif";
    paint(context, { width, height });
  }
  new ResizeObserver(show).observe(canvas);
  return show;
}

function fillBox(context, x, y, width, height, color = "black") {
  context.fillStyle = color;
  context.fillRect(x, y, width, height);
}

/* Write a text, upward if it is turned, at most so wide; a halo sets it off from what it stands on. */
function writeText(context, text, x, y, { align = "center", turned = false, most } = {}) {
  context.save();
  context.translate(x, y);
  if (turned) context.rotate(-Math.PI / 2);
  Object.assign(context, { textAlign: align, textBaseline: "middle" });
  Object.assign(context, { fillStyle: "black", strokeStyle: "white", lineWidth: 4 });
  context.strokeText(text, 0, 0, most);
  context.fillText(text, 0, 0, most);
  context.restore();
}

/* Two axes from 0 to 1; returns where on the canvas a point of them is. */
function paintAxes(context, { width, height }, xLabel, yLabel) {
  const [left, right, top, bottom] = [46, width - 12, 12, height - 40];
  const at = ([x, y]) => [left + x * (right - left), bottom - y * (bottom - top)];
  fillBox(context, left - 1, top, 1, bottom - top);
  fillBox(context, left - 1, bottom, right - left + 1, 1);
  for (const tick of [0, 0.5, 1]) {
    const [x, y] = at([tick, tick]);
    fillBox(context, x - 0.5, bottom, 1, 4);
    fillBox(context, left - 5, y - 0.5, 4, 1);
    writeText(context, format(tick), x, bottom + 13);
    writeText(context, format(tick), left - 8, y, { align: "right" });
  }
  writeText(context, xLabel, (left + right) / 2, height - 10, { most: width + 6 - left });
  writeText(context, yLabel, 10, (top + bottom) / 2, { turned: true, most: height - 8 });
  return at;
}

/* A line through points, without those that have no number. */
function paintLine(context, at, points, { color = "black", dashes = [] } = {}) {
  Object.assign(context, { strokeStyle: color, lineWidth: 2, lineJoin: "round" });
  context.setLineDash(dashes);
  context.beginPath();
  for (const point of points) if (!point.some(Number.isNaN)) context.lineTo(...at(point));
  context.stroke();
}

function paintDots(context, at, points, { color, size }) {
  Object.assign(context, { fillStyle: color, strokeStyle: "black", lineWidth: size / 4 });
  context.setLineDash([]);
  for (const point of points) {
    context.beginPath();
    if (!point.some(Number.isNaN)) context.arc(...at(point), size, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
