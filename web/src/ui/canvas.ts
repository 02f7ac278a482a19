/** Canvases that are drawn again only when what they show has changed. */

import { type Colours, colours, theme } from "./theme";

/** What is drawn into, in CSS pixels. */
export interface Area {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

const drawn = new WeakMap<HTMLCanvasElement, string>();
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** A number for an object: the same as long as it is the same object. */
export function identity(value: object | null | undefined): number {
  if (!value) return 0;
  const known = numbers.get(value);
  if (known) return known;
  numbers.set(value, ++lastNumber);
  return lastNumber;
}

/** Draw, unless size, theme and `key` are those of the last time. */
export function paintOnce(
  canvas: HTMLCanvasElement,
  key: string,
  paint: (area: Area) => void,
): void {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const ratio = window.devicePixelRatio;
  const full = `${theme()} ${width} ${height} ${ratio} ${key}`;
  if (width === 0 || height === 0 || drawn.get(canvas) === full) return;
  drawn.set(canvas, full);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  paint({ pen, width, height, colours: colours() });
}
