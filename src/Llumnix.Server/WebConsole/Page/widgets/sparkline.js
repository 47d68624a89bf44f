const WIDTH = 76;
const HEIGHT = 20;

/** What each canvas shows. @type {WeakMap<HTMLCanvasElement, { values: Float32Array, version: number, color: string }>} */
const drawn = new WeakMap();

/** Makes the canvas of a sparkline. It repeats what the cell beside it says, so that screen readers skip it. */
export function makeSparkline() {
  const canvas = document.createElement('canvas');
  const ratio = window.devicePixelRatio || 1;
  canvas.width = WIDTH * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.className = 'sparkline';
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

/**
 * Draws values, oldest first, from 0 to their largest or to a limit.
 * @param {HTMLCanvasElement} canvas A sparkline's canvas.
 * @param {Float32Array} values The values; NaN is a gap.
 * @param {number} atLeast The top of the line is at least this value.
 * @param {string} color Colour of the line.
 * @param {number} version Another one when the values have changed; the line of the same values is not drawn again.
 */
export function drawSparkline(canvas, values, atLeast, color, version) {
  const last = drawn.get(canvas);
  if (last?.values === values && last.version === version && last.color === color) {
    return;
  }

  drawn.set(canvas, { values, version, color });
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  let top = atLeast;
  for (const value of values) {
    top = value > top ? value : top;
  }

  context.clearRect(0, 0, width, height);
  context.strokeStyle = color;
  context.lineWidth = window.devicePixelRatio || 1;
  context.beginPath();
  let isDown = false;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) {
      isDown = false;
      return;
    }

    const x = index / (values.length - 1) * (width - 2) + 1;
    const y = height - 2 - value / top * (height - 4);
    if (isDown) {
      context.lineTo(x, y);
    } else {
      context.moveTo(x, y);
    }

    isDown = true;
  });
  context.stroke();
}
