/* What each layer of a network makes of an image, in plain loops: no library, and nothing that a page must have.

     import { runLayers, windowOf, fieldsOf, partsOf } from "./forward.js";

   model.py makes the `description` of a Keras network and its `weights`, a Float32Array of all of them in a row. The
   layers are numbered as in the description: each comes after those that it reads, and layer 0 is the image.

   What a layer gives is a Float32Array. Each is seen here as a map of shape [rows, columns, channels], and so is the
   image: the numbers of the first place come first, one a channel, then those of the place to the right of it. Ten
   probabilities are a map of a single place with ten channels. A place is written [row, column], one of its numbers,
   a cell, [row, column, channel].

   As in Keras, what a layer gives is rounded to 32 bits. Sums on the way are not, so the order in which they are added
   hardly matters; Keras's sums are rounded, too, and differ in the last digits. */

const range = (count) => Array.from({ length: count }, (_, i) => i);

/* The shape [rows, columns, channels] of what has one, two or three axes: one place, places below each other, a map. */
export function asMap(shape) {
  if (shape.length === 3) return shape;
  return shape.length === 2 ? [shape[0], 1, shape[1]] : [1, 1, shape[0]];
}

// ---- all layers, one after the other

/* What each layer gives, in the order of the description: an array of Float32Array. */
export function runLayers(description, weights, image) {
  const outputs = [];
  for (const layer of description.layers) {
    const inputs = layer.inputs.map((i) => ({ shape: asMap(description.layers[i].shape), values: outputs[i] }));
    const compute = COMPUTE[layer.kind] ?? keep;
    outputs.push(inputs.length ? compute(layer, inputs, weightsOf(layer, weights)) : Float32Array.from(image));
  }
  return outputs;
}

function weightsOf(layer, weights) {
  const read = ([name, { offset, shape }]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, weights.subarray(offset, offset + size)];
  };
  return Object.fromEntries(Object.entries(layer.weights).map(read));
}

/* The map of a layer, from a function that gives the numbers of one place, one a channel. */
function forEachPlace(layer, compute) {
  const [height, width, nChannels] = asMap(layer.shape);
  const map = new Float32Array(height * width * nChannels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      map.set(compute(row, column), (row * width + column) * nChannels);
    }
  }
  return map;
}

/* The numbers of one place in a map; around it, there are zeros. */
function numbersAt({ shape: [height, width, nChannels], values }, row, column) {
  if (row < 0 || row >= height || column < 0 || column >= width) return new Float64Array(nChannels);
  const start = (row * width + column) * nChannels;
  return Float64Array.from(values.subarray(start, start + nChannels));
}

// ---- windows

/* Along one axis (0 for rows, 1 for columns): which ones of its input a layer looks at for a place of its output. Those
   below 0, or beyond the last, lie in the padding. A layer without a window of its own looks at the same place. */
function windowAlong(axis, { config, shape }, inputShape, place) {
  const { window = [1, 1], strides = [1, 1], dilation = [1, 1], padding = "valid", before = [0, 0] } = config;
  const reach = (window[axis] - 1) * dilation[axis] + 1;
  let zeros = before[axis]; // above, or on the left
  if (padding === "same") {
    // As many zeros as the last window lacks, half of them before; if they are odd, the one more comes after.
    const lacking = (asMap(shape)[axis] - 1) * strides[axis] + reach - inputShape[axis];
    zeros = Math.floor(Math.max(0, lacking) / 2);
  }
  return range(window[axis]).map((i) => place * strides[axis] - zeros + i * dilation[axis]);
}

/* From where a layer reads its input: for each place, the places in its window that lie inside, each as [the number in
   the window, where the place begins in the input's values]. */
function windowsInside(layer, { shape: inputShape }) {
  const [height, width, nChannels] = inputShape;
  const along = (axis) => range(asMap(layer.shape)[axis]).map((place) => windowAlong(axis, layer, inputShape, place));
  const [rows, columns] = [along(0), along(1)];
  return (row, column) => {
    const inside = [];
    rows[row].forEach((y, i) => {
      columns[column].forEach((x, j) => {
        if (y < 0 || y >= height || x < 0 || x >= width) return;
        inside.push([i * columns[column].length + j, (y * width + x) * nChannels]);
      });
    });
    return inside;
  };
}

// ---- layers with a kernel

/* Conv2D, and Dense, whose window is a single place: each filter has a weight for each number in the window. */
function convolve(layer, [input], { kernel, bias }) {
  const [nChannels, nFilters] = [input.shape[2], asMap(layer.shape)[2]];
  const insideOf = windowsInside(layer, input);
  return forEachPlace(layer, (row, column) => {
    const sums = new Float64Array(nFilters);
    for (const [number, start] of insideOf(row, column)) {
      for (let channel = 0; channel < nChannels; channel++) {
        const value = input.values[start + channel];
        if (value === 0) continue; // it adds nothing, and ReLU makes many of them
        const first = (number * nChannels + channel) * nFilters;
        for (let filter = 0; filter < nFilters; filter++) sums[filter] += value * kernel[first + filter];
      }
    }
    return finish(sums, bias, layer.config.activation);
  });
}

/* DepthwiseConv2D: each channel has its own filters, often one, and is not mixed with the others. */
function convolveChannels(layer, [input], { kernel, bias }) {
  const nFilters = asMap(layer.shape)[2];
  const perChannel = nFilters / input.shape[2];
  const insideOf = windowsInside(layer, input);
  return forEachPlace(layer, (row, column) => {
    const sums = new Float64Array(nFilters);
    for (const [number, start] of insideOf(row, column)) {
      for (let filter = 0; filter < nFilters; filter++) {
        sums[filter] += input.values[start + Math.floor(filter / perChannel)] * kernel[number * nFilters + filter];
      }
    }
    return finish(sums, bias, layer.config.activation);
  });
}

/* SeparableConv2D: each channel by itself, then a dense layer that mixes the channels of each place. */
function convolveSeparably(layer, [input], { depthwise_kernel, pointwise_kernel, bias }) {
  const [height, width, nFilters] = layer.shape;
  const nBetween = pointwise_kernel.length / nFilters;
  const depthwise = { shape: [height, width, nBetween], config: { ...layer.config, activation: "linear" } };
  const values = convolveChannels(depthwise, [input], { kernel: depthwise_kernel });
  const pointwise = { shape: layer.shape, config: { activation: layer.config.activation } };
  return convolve(pointwise, [{ shape: depthwise.shape, values }], { kernel: pointwise_kernel, bias });
}

function finish(sums, bias, activation) {
  if (bias) for (let i = 0; i < sums.length; i++) sums[i] += bias[i];
  return activate(sums, activation);
}

// ---- activation functions

const { abs, exp, expm1, log1p, max, min, tanh } = Math;
const sigmoid = (x) => 1 / (1 + exp(-x));
const softplus = (x) => max(x, 0) + log1p(exp(-abs(x))); // log(1 + exp(x)), even where exp(x) is too large
const relu6 = (x) => min(max(x, 0), 6);
const elu = (x, alpha = 1) => (x > 0 ? x : alpha * expm1(x));
const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => max(x, 0),
  relu6,
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  elu: (x) => elu(x),
  selu: (x) => 1.0507009873554805 * elu(x, 1.6732632423543772),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * tanh(softplus(x)),
  softplus,
  softsign: (x) => x / (1 + abs(x)),
  sigmoid,
  hard_sigmoid: (x) => relu6(x + 3) / 6,
  hard_silu: (x) => (x * relu6(x + 3)) / 6,
  tanh,
  hard_tanh: (x) => min(max(x, -1), 1),
  exponential: exp,
};

function activate(numbers, name) {
  return name === "softmax" ? softmax(numbers) : numbers.map((x) => ACTIVATIONS[name](x));
}

function softmax(numbers) {
  const largest = numbers.reduce((a, b) => max(a, b)); // without it, exp could be too large
  const shares = numbers.map((x) => exp(x - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/* The error function, which JavaScript lacks, by a series whose terms all have one sign. */
function erf(x) {
  if (abs(x) > 6) return Math.sign(x); // so close to 1 or -1 that 64 bits hold no difference
  let term = x;
  let sum = x;
  for (let n = 1; abs(term) > 1e-16 * abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * exp(-x * x) * sum;
}

/* A layer that changes each number of its input by itself. */
function numberByNumber(change) {
  return (layer, [{ values }], weights) => {
    const nChannels = layer.shape.at(-1);
    return values.map((x, i) => change(x, layer.config, i % nChannels, weights));
  };
}

function rectify(x, { max_value = null, negative_slope, threshold = 0 }) {
  if (x <= threshold) return negative_slope * (x - threshold);
  return max_value === null ? x : min(x, max_value);
}

function normalizeBatch(x, { epsilon }, channel, { gamma, beta, moving_mean, moving_variance }) {
  const normalized = (x - moving_mean[channel]) / Math.sqrt(moving_variance[channel] + epsilon);
  return (gamma ? gamma[channel] : 1) * normalized + (beta ? beta[channel] : 0);
}

/* LayerNormalization: the numbers of each place get the mean 0 and the variance 1, before they are scaled and moved. */
function normalizePlaces(layer, [input], { gamma, beta }) {
  const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  return forEachPlace(layer, (row, column) => {
    const numbers = numbersAt(input, row, column);
    const center = mean(numbers);
    const spread = Math.sqrt(mean(numbers.map((x) => (x - center) ** 2)) + layer.config.epsilon);
    return numbers.map((x, i) => ((gamma ? gamma[i] : 1) * (x - center)) / spread + (beta ? beta[i] : 0));
  });
}

// ---- layers without weights

/* Pooling: of the numbers in a channel's window, the largest or the mean. Padding does not count. */
function pool(start, join, end = (x) => x) {
  return (layer, [input]) => {
    const insideOf = windowsInside(layer, input);
    return forEachPlace(layer, (row, column) => {
      const inside = insideOf(row, column);
      const joined = new Float64Array(input.shape[2]).fill(start);
      for (const [, first] of inside) {
        for (let i = 0; i < joined.length; i++) joined[i] = join(joined[i], input.values[first + i]);
      }
      return joined.map((x) => end(x, inside.length));
    });
  };
}

/* Add and the like: the numbers of all inputs at the same cell. */
function merge(join, end = (x) => x) {
  return (layer, inputs) =>
    inputs[0].values.map((_, i) => end(inputs.map(({ values }) => values[i]).reduce(join), inputs.length));
}

function concatenate(layer, inputs) {
  return forEachPlace(layer, (row, column) => inputs.flatMap((input) => [...numbersAt(input, row, column)]));
}

function padWithZeros(layer, [input]) {
  const [top, left] = layer.config.before;
  return forEachPlace(layer, (row, column) => numbersAt(input, row - top, column - left));
}

const keep = (layer, [{ values }]) => values.slice();
const add = (a, b) => a + b;
const applyActivation = (layer, [input]) =>
  forEachPlace(layer, (row, column) => activate(numbersAt(input, row, column), layer.config.activation));

const [maximum, mean] = [pool(-Infinity, max), pool(0, add, (sum, count) => sum / count)];
const COMPUTE = {
  Conv2D: convolve,
  Dense: convolve,
  DepthwiseConv2D: convolveChannels,
  SeparableConv2D: convolveSeparably,
  MaxPooling2D: maximum,
  GlobalMaxPooling2D: maximum,
  AveragePooling2D: mean,
  GlobalAveragePooling2D: mean,
  Activation: applyActivation,
  Softmax: applyActivation,
  ReLU: numberByNumber(rectify),
  LeakyReLU: numberByNumber(rectify),
  ELU: numberByNumber((x, { alpha }) => elu(x, alpha)),
  Rescaling: numberByNumber((x, { scale, offset }, channel) => x * scale[channel] + offset[channel]),
  BatchNormalization: numberByNumber(normalizeBatch),
  LayerNormalization: normalizePlaces,
  Add: merge(add),
  Subtract: merge((a, b) => a - b),
  Multiply: merge((a, b) => a * b),
  Average: merge(add, (sum, count) => sum / count),
  Maximum: merge((a, b) => max(a, b)),
  Minimum: merge((a, b) => min(a, b)),
  Concatenate: concatenate,
  ZeroPadding2D: padWithZeros,
}; // the others, such as Flatten and Dropout, keep their numbers as they are; model.py refuses what is not known here

// ---- where a number comes from

/* What a layer reads for a place [row, column] of its map, or for a cell [row, column, channel] of it: a list of
   { input, rows, columns, channels }, one for each layer that is read, `input` its number. Rows and columns below 0, or
   beyond the last, lie in the padding. Without a channel, it is what all channels of the place read. */
export function windowOf(description, index, [row, column, channel]) {
  const layer = description.layers[index];
  let nBefore = 0; // the channels of the inputs before this one, for Concatenate
  const windows = layer.inputs.map((input) => {
    const shape = asMap(description.layers[input].shape);
    nBefore += shape[2];
    if (layer.kind === "Flatten" || layer.kind === "Reshape") {
      return { input, ...windowInRow(asMap(layer.shape), shape, row, column, channel) };
    }
    const [rows, columns] = [row, column].map((place, axis) => windowAlong(axis, layer, shape, place));
    return { input, rows, columns, channels: channelsOf(layer, shape[2], nBefore - shape[2], channel) };
  });
  return windows.filter(({ channels }) => channels.length);
}

/* The channels of an input, `nChannels` in all, that a channel of a layer reads. */
function channelsOf({ kind, shape, config }, nChannels, nBefore, channel) {
  const all = range(nChannels);
  if (channel === undefined) return all;
  if (kind === "DepthwiseConv2D") return [Math.floor((channel * nChannels) / shape[2])];
  if (kind === "Concatenate") return all.filter((i) => i + nBefore === channel);
  const mixes = ["Conv2D", "SeparableConv2D", "Dense", "LayerNormalization"].includes(kind);
  return mixes || config.activation === "softmax" ? all : [channel];
}

/* Flatten and Reshape keep the numbers in their order, and only divide them into other places: the smallest window that
   holds those of a place or a cell. */
function windowInRow([, width, nChannels], [, inputWidth, nInputChannels], row, column, channel) {
  const start = (row * width + column) * nChannels + (channel ?? 0);
  const end = channel === undefined ? start + nChannels - 1 : start;
  const [first, last] = [start, end].map((i) => Math.floor(i / nInputChannels));
  const [top, bottom] = [first, last].map((place) => Math.floor(place / inputWidth));
  const [left, right] = top === bottom ? [first % inputWidth, last % inputWidth] : [0, inputWidth - 1];
  const channels = channel === undefined ? range(nInputChannels) : [start % nInputChannels];
  const between = (from, to) => range(to - from + 1).map((i) => from + i);
  return { rows: between(top, bottom), columns: between(left, right), channels };
}

/* What a place or a cell of a layer sees of each layer before it, back to the image: for each layer of the description,
   the box { top, left, bottom, right } around it, the first row and column within it, and those behind the last; null
   where it sees nothing. The box of the image is the receptive field. */
export function fieldsOf(description, index, place) {
  const maps = description.layers.map(({ shape }) => asMap(shape));
  const seen = maps.map(([height, width]) => new Uint8Array(height * width));
  const look = (layer, from) => {
    for (const { input, rows, columns } of windowOf(description, layer, from)) {
      const [height, width] = maps[input];
      const isInside = (i, size) => i >= 0 && i < size;
      for (const row of rows.filter((i) => isInside(i, height))) {
        for (const column of columns.filter((i) => isInside(i, width))) seen[input][row * width + column] = 1;
      }
    }
  };
  if (index === 0) seen[0][place[0] * maps[0][1] + place[1]] = 1;
  else look(index, place);
  for (let layer = index - 1; layer > 0; layer--) {
    seen[layer].forEach((isSeen, i) => {
      if (isSeen) look(layer, [Math.floor(i / maps[layer][1]), i % maps[layer][1]]);
    });
  }
  return seen.map((places, layer) => {
    const width = maps[layer][1];
    const found = range(places.length).filter((i) => places[i]);
    if (!found.length) return null;
    const [rows, columns] = [found.map((i) => Math.floor(i / width)), found.map((i) => i % width)];
    return { top: min(...rows), left: min(...columns), bottom: max(...rows) + 1, right: max(...columns) + 1 };
  });
}

/* How a cell [row, column, channel] of a layer comes about, from the outputs of runLayers: { parts, after }, and in a
   layer with a kernel { parts, sum, bias, before, after }. Each of the `parts` is a number that the layer reads for it,
   { input, row, column, channel, number, value, isPadding }: its layer, its cell there, the number of its place in the
   window, row by row. A part in the padding has the value 0; a pooling layer leaves it out of account. With a kernel, a
   part also has its `weight` and its `product`; `sum` is that of the products, and with the `bias` it is what stands
   `before` the activation function. `after` is what the layer gives. */
export function partsOf(description, weights, outputs, index, cell) {
  const layer = description.layers[index];
  const at = ([, width, nChannels], row, column, channel) => (row * width + column) * nChannels + channel;
  const parts = [];
  for (const { input, rows, columns, channels } of windowOf(description, index, cell)) {
    const shape = asMap(description.layers[input].shape);
    rows.forEach((row, i) => {
      columns.forEach((column, j) => {
        const isPadding = row < 0 || row >= shape[0] || column < 0 || column >= shape[1];
        for (const channel of channels) {
          const value = isPadding ? 0 : outputs[input][at(shape, row, column, channel)];
          parts.push({ input, row, column, channel, value, isPadding, number: i * columns.length + j });
        }
      });
    });
  }
  const after = outputs[index][at(asMap(layer.shape), ...cell)];
  const own = weightsOf(layer, weights);
  if (!own.kernel && !own.pointwise_kernel) return { parts, after };
  const weigh = weightIn(description, layer, own, cell[2]);
  for (const part of parts) {
    part.weight = weigh(part);
    part.product = part.value * part.weight;
  }
  const sum = parts.reduce((total, { product }) => total + product, 0);
  const bias = own.bias ? own.bias[cell[2]] : 0;
  return { parts, sum, bias, before: sum + bias, after };
}

/* The weight that a filter has for a number in its window. */
function weightIn(description, { kind, inputs, shape }, { kernel, depthwise_kernel, pointwise_kernel }, filter) {
  const [nChannels, nFilters] = [asMap(description.layers[inputs[0]].shape)[2], shape.at(-1)];
  if (kind === "DepthwiseConv2D") return ({ number }) => kernel[number * nFilters + filter];
  if (kernel) return ({ number, channel }) => kernel[(number * nChannels + channel) * nFilters + filter];
  // Its two kernels do what one kernel would do: along each way from the number to the filter, their weights multiply.
  const nBetween = pointwise_kernel.length / nFilters;
  const perChannel = nBetween / nChannels;
  return ({ number, channel }) =>
    range(perChannel)
      .map((i) => channel * perChannel + i)
      .reduce((sum, i) => sum + depthwise_kernel[number * nBetween + i] * pointwise_kernel[i * nFilters + filter], 0);
}
