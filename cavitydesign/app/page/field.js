// The field of a mode on a canvas: triangles of its curvilinear grid, filled by the computed values.

import { number, ticks } from "./plot.js";

// colour maps in 17 steps each: magma reversed with a white end, inferno, cividis, red-blue (matplotlib)
const MAPS = {
  density: "ffffffffe6ccfecd98fdb27dfc966bf67b62e86066d9476abf3c74a4317d89277f6e1d80531774371462200f4b11092c03030f",
  inferno: "0000040b0724210c4a3d096557106e71196e8a226aa32c61bc3754d24644e45a31f1731df98e09fcac11f9cb35f2ea69fcffa4",
  cividis: "00224e002e6a1a386f32436d434e6c535a6d61656f6f70737d7c788c88789b9476aba072bcae6ccdbb63dec958f0d846fee838",
  signed: "0530611752902a71b23f8ec06bacd19bc9e0c2ddece0ecf3f7f6f6fbe5d8fbccb4f5aa89e48066d05548ba2832930e2667001f",
};
const MARGIN = { left: 46, right: 66, top: 24, bottom: 34 };
const FLOOR = 1e-12;
const LINEAR_FRAME = 2e-4;
const NAMES = { energy: "ε|E|² / max", e_r: "Re E_r / max|E|", e_phi: "Im E_φ / max|E|", e_z: "Re E_z / max|E|" };

function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function lookUp(name) {
  const text = MAPS[name];
  const stops = text.match(/.{6}/g).map((one) => [0, 2, 4].map((i) => parseInt(one.slice(i, i + 2), 16)));
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i += 1) {
    const place = (i / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    for (let c = 0; c < 3; c += 1) table[3 * i + c] = stops[low][c] + (place - low) * (stops[low + 1][c] - stops[low][c]);
  }
  return table;
}

// A colour of a map, for other views.
export function mapColour(name, share) {
  const table = lookUp(name);
  const place = 3 * Math.round(255 * Math.min(1, Math.max(0, share)));
  return `rgb(${table[place]},${table[place + 1]},${table[place + 2]})`;
}

export class FieldView {
  // canvas: where to draw, with the mark of the read-out beside it; read: element for the read-out.
  constructor(canvas, read) {
    this.canvas = canvas;
    this.output = read;
    this.mark = canvas.nextElementSibling;
    this.options = { component: "energy", logarithmic: false, proportions: false, dark: false };
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      this.readAt(event.clientX - box.left, event.clientY - box.top);
    });
    canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  show(answer) {
    const field = { ...answer };
    for (const name of ["r_um", "z_um", "energy", "e_r", "e_phi", "e_z", "region"]) field[name] = unpack(answer[name]);
    this.field = field;
    this.draw();
  }

  clear() {
    this.field = null;
    this.point(null);
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  set(options) {
    Object.assign(this.options, options);
    if (this.options.component !== "energy") this.options.logarithmic = false;
    this.draw();
  }

  frame() {
    const { r_um: r, z_um: z, energy } = this.field;
    const least = this.options.logarithmic ? FLOOR : LINEAR_FRAME;
    let [r0, r1, z0, z1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < energy.length; i += 1) {
      if (energy[i] < least) continue;
      r0 = Math.min(r0, r[i]); r1 = Math.max(r1, r[i]);
      z0 = Math.min(z0, z[i]); z1 = Math.max(z1, z[i]);
    }
    const margin = 0.06 * Math.max(r1 - r0, 0.2 * (z1 - z0));
    return { r0: r0 - margin, r1: r1 + margin, z0: z0 - margin, z1: z1 + margin };
  }

  layOut() {
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const box = { x: MARGIN.left, y: MARGIN.top, w: width - MARGIN.left - MARGIN.right, h: height - MARGIN.top - MARGIN.bottom };
    const frame = this.frame();
    if (this.options.proportions) {
      const perUm = Math.min(box.w / (frame.r1 - frame.r0), box.h / (frame.z1 - frame.z0));
      box.w = perUm * (frame.r1 - frame.r0);
      box.h = perUm * (frame.z1 - frame.z0);
    }
    Object.assign(this, { scale, box, frameUm: frame });
  }

  px(r) { return this.box.x + ((r - this.frameUm.r0) / (this.frameUm.r1 - this.frameUm.r0)) * this.box.w; }

  py(z) { return this.box.y + this.box.h - ((z - this.frameUm.z0) / (this.frameUm.z1 - this.frameUm.z0)) * this.box.h; }

  draw() {
    if (!this.field || this.canvas.clientWidth < 150) return;
    this.layOut();
    const context = this.canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.rasterise();
    this.colour(context);
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.overlays(context);
    this.axes(context);
    this.point(null);
    this.canvas.dataset.drawn = this.field.label;
  }

  rasterise() {
    const { shape: [rows, columns], r_um: r, z_um: z } = this.field;
    const values = this.field[this.options.component];
    const [w, h] = [Math.max(2, Math.round(this.box.w * this.scale)), Math.max(2, Math.round(this.box.h * this.scale))];
    const image = new Float32Array(w * h).fill(NaN);
    const nearest = new Int32Array(w * h).fill(-1);
    const x = Float32Array.from(r, (one) => (this.px(one) - this.box.x) * this.scale);
    const y = Float32Array.from(z, (one) => (this.py(one) - this.box.y) * this.scale);
    const triangle = (a, b, c) => {
      const area = (x[b] - x[a]) * (y[c] - y[a]) - (x[c] - x[a]) * (y[b] - y[a]);
      if (Math.abs(area) < 1e-9) return;
      const left = Math.max(0, Math.floor(Math.min(x[a], x[b], x[c])));
      const right = Math.min(w - 1, Math.ceil(Math.max(x[a], x[b], x[c])));
      const top = Math.max(0, Math.floor(Math.min(y[a], y[b], y[c])));
      const low = Math.min(h - 1, Math.ceil(Math.max(y[a], y[b], y[c])));
      for (let v = top; v <= low; v += 1) {
        for (let u = left; u <= right; u += 1) {
          const p = ((x[b] - u) * (y[c] - v) - (x[c] - u) * (y[b] - v)) / area;
          const q = ((x[c] - u) * (y[a] - v) - (x[a] - u) * (y[c] - v)) / area;
          const s = 1 - p - q;
          if (p < -1e-6 || q < -1e-6 || s < -1e-6) continue;
          image[v * w + u] = p * values[a] + q * values[b] + s * values[c];
          nearest[v * w + u] = p > q ? (p > s ? a : c) : q > s ? b : c;
        }
      }
    };
    for (let i = 0; i + 1 < rows; i += 1) {
      for (let k = 0; k + 1 < columns; k += 1) {
        const a = i * columns + k;
        triangle(a, a + 1, a + columns);
        triangle(a + 1, a + columns + 1, a + columns);
      }
    }
    this.image = { w, h, values: image, nearest };
  }

  mapName() {
    if (this.options.component !== "energy") return "signed";
    if (this.options.logarithmic) return "cividis";
    return this.options.dark ? "inferno" : "density";
  }

  share(value) {
    if (this.options.component !== "energy") return 0.5 + 0.5 * (value / this.peak);
    if (this.options.logarithmic) return 1 - Math.log10(Math.max(value, FLOOR)) / Math.log10(FLOOR);
    return value;
  }

  colour(context) {
    const { w, h, values } = this.image;
    this.peak = this.field[this.options.component].reduce((most, one) => Math.max(most, Math.abs(one)), 1e-12);
    this.table = lookUp(this.mapName());
    const picture = context.createImageData(w, h);
    for (let i = 0; i < values.length; i += 1) {
      const value = Number.isNaN(values[i]) ? 0 : values[i];
      const place = 3 * Math.round(255 * Math.min(1, Math.max(0, this.share(value))));
      for (let c = 0; c < 3; c += 1) picture.data[4 * i + c] = this.table[place + c];
      picture.data[4 * i + 3] = 255;
    }
    context.putImageData(picture, Math.round(this.box.x * this.scale), Math.round(this.box.y * this.scale));
  }

  overlays(context) {
    const light = this.options.component === "energy" && (this.options.logarithmic || this.options.dark);
    const { x, y, w, h } = this.box;
    context.save();
    context.beginPath();
    context.rect(x, y, w, h);
    context.clip();
    context.strokeStyle = light ? "#ffffff" : "#1a1a1a";
    context.lineWidth = 1.2;
    for (const curve of Object.values(this.field.interfaces_um)) {
      context.beginPath();
      let broken = true;
      for (const point of curve) {
        if (point) context[broken ? "moveTo" : "lineTo"](this.px(point[0]), this.py(point[1]));
        broken = !point;
      }
      context.stroke();
    }
    context.setLineDash([5, 3]);
    context.lineWidth = 0.9;
    for (const radius of this.field.caustics_um) {
      context.beginPath();
      context.moveTo(this.px(radius), y);
      context.lineTo(this.px(radius), y + h);
      context.stroke();
    }
    context.restore();
  }

  axes(context) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink");
    const { x, y, w, h } = this.box;
    Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: 1, font: "11px system-ui, sans-serif", textAlign: "center" });
    context.strokeRect(x, y, w, h);
    for (const r of ticks(this.frameUm.r0, this.frameUm.r1, Math.max(2, w / 70))) context.fillText(number(r, 6), this.px(r), y + h + 14);
    context.fillText("r (µm)", x + w / 2, y + h + 29);
    context.textAlign = "right";
    for (const z of ticks(this.frameUm.z0, this.frameUm.z1, 8)) context.fillText(number(z, 4), x - 5, this.py(z) + 4);
    context.save();
    context.translate(11, y + h / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText("z (µm)", 0, 0);
    context.restore();
    this.colourBar(context, x + w + 12, y, h);
  }

  colourBar(context, x, y, h) {
    for (let i = 0; i < h; i += 1) {
      const place = 3 * Math.round(255 * (1 - i / (h - 1)));
      context.fillStyle = `rgb(${this.table[place]},${this.table[place + 1]},${this.table[place + 2]})`;
      context.fillRect(x, y + i, 12, 1.5);
    }
    context.fillStyle = context.strokeStyle;
    context.strokeRect(x, y, 12, h);
    const { component, logarithmic } = this.options;
    context.textAlign = "right";
    context.fillText(NAMES[component], this.canvas.clientWidth - 2, y - 9);
    context.textAlign = "left";
    const marks = component !== "energy" ? [-1, 0, 1].map((one) => one * this.peak) : logarithmic ? [0, -3, -6, -9, -12].map((e) => 10 ** e) : [0, 0.5, 1];
    for (const value of marks) context.fillText(number(value, 2), x + 16, y + h - this.share(value) * h + (value === marks[0] && !logarithmic ? 0 : 4));
  }

  readAt(px, py) {
    if (!this.field || !this.image) return;
    const [u, v] = [Math.round((px - this.box.x) * this.scale), Math.round((py - this.box.y) * this.scale)];
    const { w, h, values, nearest } = this.image;
    if (u < 0 || v < 0 || u >= w || v >= h || nearest[v * w + u] < 0) return;
    const r = this.frameUm.r0 + (u / this.scale / this.box.w) * (this.frameUm.r1 - this.frameUm.r0);
    const z = this.frameUm.z1 - (v / this.scale / this.box.h) * (this.frameUm.z1 - this.frameUm.z0);
    const region = this.field.region_names[Math.round(this.field.region[nearest[v * w + u]])];
    this.output.textContent = `r ${r.toFixed(3)} µm, z ${z.toFixed(3)} µm, ${region}: ${NAMES[this.options.component]} = ${number(values[v * w + u], 4)}`;
    this.point({ px, py });
  }

  // Where the read-out reads; the keys start from there.
  point(place) {
    this.cursor = place;
    this.mark.hidden = !place;
    if (place) Object.assign(this.mark.style, { left: `${place.px}px`, top: `${place.py}px` });
  }

  key(event) {
    const step = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[event.key];
    if (!step || !this.field) return;
    event.preventDefault();
    const from = this.cursor || { px: this.box.x + this.box.w / 2, py: this.box.y + this.box.h / 2 };
    this.readAt(from.px + step[0], from.py + step[1]);
  }
}
