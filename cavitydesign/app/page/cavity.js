// The cavity to scale: its section through the axis on both sides, the mode where it lives, the dimension that is moved.

import { number } from "./plot.js";

const MARGIN = 16;
const FAINTEST = 0.03; // share of the largest energy density that is still painted
const SMALLEST = 9; // px: a mode that is drawn smaller gets a ring around it
const ROUND = [0.5, 1, 2, 5, 10, 20, 50, 100, 200];

export class CavityView {
  constructor(canvas, read) {
    Object.assign(this, { canvas, output: read, field: null, moved: "" });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  // field: as the field's view holds it, unpacked; words: of the cavity.
  show(field) {
    this.field = field;
    this.draw();
  }

  clear() {
    this.field = null;
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.output.textContent = "";
  }

  // The key of the design that was moved last.
  mark(key) {
    this.moved = key;
    this.draw();
  }

  curves() {
    const { cavity_um: cavity, interfaces_um: interfaces } = this.field;
    if (cavity.profile) return [cavity.profile, ...cavity.inside];
    return Object.values(interfaces);
  }

  draw() {
    if (!this.field || this.canvas.clientWidth < 60) return;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    Object.assign(this.canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    const context = this.canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const points = this.curves().flat().filter((one) => one);
    const [rs, zs] = [points.map((one) => one[0]), points.map((one) => one[1])];
    const [r1, z0, z1] = [Math.max(...rs), Math.min(...zs), Math.max(...zs)];
    const perUm = Math.min((width - 2 * MARGIN) / (2 * r1), (height - 2 * MARGIN - 16) / (z1 - z0));
    const x = (r) => width / 2 + perUm * r;
    const y = (z) => height / 2 - 6 - perUm * (z - (z0 + z1) / 2);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    Object.assign(this, { x, y, perUm, colour, context });
    this.bodies();
    this.dimensions(r1, height);
    this.mode();
    this.canvas.dataset.drawn = this.field.label;
    this.canvas.dataset.perUm = perUm;
  }

  bodies() {
    const { context, x, y, colour, field } = this;
    const line = (curve, sign) => {
      context.beginPath();
      let broken = true;
      for (const point of curve) {
        if (point) context[broken ? "moveTo" : "lineTo"](x(sign * point[0]), y(point[1]));
        broken = !point;
      }
    };
    if (field.cavity_um.profile) {
      const fill = (curve, name, alpha) => {
        context.beginPath();
        curve.forEach(([r, z], i) => context[i ? "lineTo" : "moveTo"](x(r), y(z)));
        [...curve].reverse().forEach(([r, z]) => context.lineTo(x(-r), y(z)));
        context.closePath();
        context.globalAlpha = alpha;
        context.fillStyle = colour(name);
        context.fill();
        context.globalAlpha = 1;
      };
      fill(field.cavity_um.profile, "--s0", 0.18);
      [...field.cavity_um.inside].reverse().forEach((curve, i) => fill(curve, i ? "--s4" : "--s1", 0.3));
    }
    Object.assign(context, { strokeStyle: colour("--ink"), lineWidth: 1.1 });
    for (const curve of this.curves()) for (const sign of [-1, 1]) {
      line(curve, sign);
      context.stroke();
    }
  }

  mode() {
    const { context, x, y, field, perUm } = this;
    const { shape: [rows, columns], r_um: r, z_um: z, energy } = field;
    let [r0, r1, z0, z1] = [Infinity, 0, Infinity, -Infinity];
    context.fillStyle = this.colour("--focus");
    for (let i = 0; i + 1 < rows; i += 1) {
      for (let k = 0; k + 1 < columns; k += 1) {
        const corners = [i * columns + k, i * columns + k + 1, (i + 1) * columns + k + 1, (i + 1) * columns + k];
        const mean = corners.reduce((sum, one) => sum + energy[one], 0) / 4;
        if (mean < FAINTEST) continue;
        for (const one of corners) {
          [r0, r1] = [Math.min(r0, r[one]), Math.max(r1, r[one])];
          [z0, z1] = [Math.min(z0, z[one]), Math.max(z1, z[one])];
        }
        context.globalAlpha = Math.min(1, 1.2 * Math.sqrt(mean));
        for (const sign of [-1, 1]) {
          context.beginPath();
          corners.forEach((one, n) => context[n ? "lineTo" : "moveTo"](x(sign * r[one]), y(z[one])));
          context.fill();
        }
      }
    }
    context.globalAlpha = 1;
    if (perUm * Math.max(r1 - r0, z1 - z0) > SMALLEST) return;
    Object.assign(context, { strokeStyle: this.colour("--focus"), lineWidth: 1.4 });
    for (const sign of [-1, 1]) {
      context.beginPath();
      context.arc(x((sign * (r0 + r1)) / 2), y((z0 + z1) / 2), SMALLEST, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  arrow(ax, ay, bx, by, words, marked) {
    const { context, colour } = this;
    const angle = Math.atan2(by - ay, bx - ax);
    Object.assign(context, { strokeStyle: colour(marked ? "--focus" : "--muted"), fillStyle: colour(marked ? "--focus" : "--ink"), lineWidth: marked ? 2 : 1, font: `${marked ? "600 " : ""}11px system-ui, sans-serif`, textAlign: "center" });
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
    for (const [px, py, turn] of [[ax, ay, angle], [bx, by, angle + Math.PI]]) {
      for (const side of [-0.4, 0.4]) {
        context.moveTo(px, py);
        context.lineTo(px + 6 * Math.cos(turn + side), py + 6 * Math.sin(turn + side));
      }
    }
    context.stroke();
    Object.assign(context, { lineWidth: 3, strokeStyle: colour("--card") });
    context.strokeText(words, (ax + bx) / 2, (ay + by) / 2 - 5);
    context.fillText(words, (ax + bx) / 2, (ay + by) / 2 - 5);
  }

  dimensions(r1, height) {
    const { x, y, field, context, colour, perUm } = this;
    const { diameter_um: diameter, rim_z_um: level, axial_radius_um: bend, inside, profile } = field.cavity_um;
    const is = (...names) => names.some((name) => this.moved === `cavity.${name}`);
    this.arrow(x(-diameter / 2), y(level), x(diameter / 2), y(level), `${number(diameter, 4)} µm`, is("diameter_um", "parameters.diameter"));
    const said = [`diameter ${number(diameter, 4)} µm`];
    if (profile) {
      const [low, high] = [profile[0][1], profile.at(-1)[1]];
      said.push(`height ${number(high - low, 3)} µm`);
      if (is("axial_radius_um", "polar_radius_um", "length_um", "contact_angle_deg")) this.arrow(x(r1) - 2, y(low), x(r1) - 2, y(high), "", true);
    }
    if (bend) said.push(`axial radius ${number(bend, 4)} µm`);
    if (inside.length) {
      const radius = inside.at(-1)[Math.floor(inside.at(-1).length / 2)][0];
      said.push(`fibre and shells ${number(2 * radius, 4)} µm across`);
      const lower = inside.at(-1)[0][1];
      if (is("fibre_diameter_um", "fibre_taper", "coatings")) this.arrow(x(-radius), y(lower) - 8, x(radius), y(lower) - 8, `${number(2 * radius, 4)} µm`, true);
    }
    const length = ROUND.findLast((one) => perUm * one <= Math.min(90, this.canvas.clientWidth - 2 * MARGIN - 50)) ?? ROUND[0];
    const [left, foot] = [MARGIN, height - 8];
    Object.assign(context, { strokeStyle: colour("--ink"), fillStyle: colour("--ink"), lineWidth: 2.5, textAlign: "left", font: "11px system-ui, sans-serif" });
    context.beginPath();
    context.moveTo(left, foot);
    context.lineTo(left + perUm * length, foot);
    context.stroke();
    context.fillText(`${number(length, 2)} µm`, left + perUm * length + 6, foot + 4);
    this.output.textContent = `${said.join(", ")}; orange: the mode ${field.label}`;
  }
}
