// A study: any column against any other, coloured by a third; a point opens its design and its mode.

import { mapColour } from "./field.js";
import { Plot, named, number } from "./plot.js";

const WIDE = 8;
const byId = (id) => document.getElementById(id);

function select(label, options, value, changed) {
  const wrap = document.createElement("label");
  const box = document.createElement("select");
  for (const option of options) box.append(new Option(named(option), option));
  box.value = value;
  box.addEventListener("change", () => changed(box.value));
  wrap.append(` ${label} `, box);
  return wrap;
}

export class StudyView {
  // open(row): shows the design (and the mode) of a row.
  constructor(open) {
    this.plot = new Plot(byId("study-plot"), "points of the study");
    Object.assign(this, { open, study: null });
  }

  show(study) {
    this.study = study;
    byId("study").hidden = !study;
    if (!study) return;
    const numeric = study.axes.filter((axis) => study.rows.some((row) => typeof row[axis] === "number"));
    const first = ["threshold_mj_cm2.lasing", "fsr_nm", "wavelength_nm"].find((name) => study.outcomes.includes(name)) || study.outcomes[0];
    study.x = numeric[0] || "point";
    study.y = numeric.length > 1 ? numeric[1] : first;
    study.colour = (numeric.length > 1 && ["modes_lasing", first].find((name) => study.outcomes.includes(name))) || "one colour";
    const columns = ["point", ...numeric, ...study.outcomes];
    const choice = (words, name, options) => select(words, options, study[name], (value) => {
      study[name] = value;
      this.draw();
    });
    byId("study-choice").replaceChildren(choice("across", "x", columns), choice("up", "y", columns.slice(1)), choice("colour", "colour", ["one colour", ...columns.slice(1)]));
    const done = new Set(study.rows.filter((row) => row.status === "ok").map((row) => row.point)).size;
    const failed = study.failed ? `, ${study.failed} failed` : "";
    const others = study.others && done < study.points ? `; ${study.others} results in its store belong to another design or version of the code` : "";
    byId("study-state").textContent = `${study.name}: ${done} of ${study.points} points done${failed}${others}${done ? "" : `; run \`cavitydesign study run ${study.name}\``}`;
    this.draw();
  }

  axis(rows, name) {
    const values = rows.map((row) => row[name]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const log = low > 0 && high / low > WIDE;
    if (log) return { low: low / (high / low) ** 0.04, high: high * (high / low) ** 0.04, label: named(name), log };
    const margin = 0.05 * (high - low) || 0.05 * Math.abs(high) || 0.5;
    return { low: low - margin, high: high + margin, label: named(name) };
  }

  draw() {
    const { study } = this;
    if (!study) return undefined;
    const rows = study.rows.filter((row) => row.status !== "failed" && typeof row[study.x] === "number" && typeof row[study.y] === "number");
    const failed = study.rows.filter((row) => row.status === "failed" && typeof row[study.x] === "number");
    if (!rows.length) return this.plot.clear(failed.length ? `all ${failed.length} points failed` : "no finished points with both of these columns");
    const shades = rows.map((row) => row[study.colour]).filter((one) => typeof one === "number");
    const [low, high] = [Math.min(...shades), Math.max(...shades)];
    byId("study-scale").textContent = shades.length ? `colour: ${named(study.colour)} from ${number(low, 4)} (dark) to ${number(high, 4)} (bright)${failed.length ? "; crosses: failed" : ""}` : failed.length ? "crosses: failed" : "";
    this.plot.draw({ x: this.axis([...rows, ...failed], study.x), y: this.axis(rows, study.y) }, (plot) => {
      const dots = rows.map((row) => {
        const dot = plot.add("circle", { class: `mark f0 ${row === study.row ? "chosen" : ""}`, cx: plot.x(row[study.x]), cy: plot.y(row[study.y]), r: 5, role: "button", "aria-label": `point ${row.point}${row.mode ? `, ${row.mode}` : ""}; opens it`, "data-point": row.point, "data-mode": row.mode || "" });
        if (typeof row[study.colour] === "number") {
          dot.style.fill = mapColour("cividis", high > low ? (row[study.colour] - low) / (high - low) : 0.5);
          dot.style.stroke = "var(--muted)";
        }
        const open = () => this.opened(row);
        const read = () => { byId("study-read").textContent = this.words(row); };
        dot.addEventListener("click", open);
        dot.addEventListener("pointerenter", read);
        dot.addEventListener("focus", read);
        return dot;
      });
      plot.roving([...dots, ...failed.map((row) => this.cross(plot, row))], (i) => this.opened([...rows, ...failed][i]));
    });
    return undefined;
  }

  // A point that failed has no outcome: a cross at the lower edge, at its height where the axis has it.
  cross(plot, row) {
    const [x, inside] = [plot.x(row[this.study.x]), typeof row[this.study.y] === "number"];
    const y = inside ? plot.y(row[this.study.y]) : plot.y(plot.axes.y.low) - 8;
    const mark = plot.add("g", { class: "mark", role: "button", "aria-label": `point ${row.point}, failed; opens its design`, "data-point": row.point, "data-failed": "" });
    plot.add("circle", { class: "hit", cx: x, cy: y, r: 8 });
    plot.add("path", { class: "failed", d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8` });
    mark.append(...[...plot.svg.children].slice(-2));
    const read = () => { byId("study-read").textContent = `point ${row.point} failed: ${row.error || "no reason kept"}; click to open its design`; };
    mark.addEventListener("click", () => this.opened(row));
    mark.addEventListener("pointerenter", read);
    mark.addEventListener("focus", read);
    return mark;
  }

  words(row) {
    const names = [...new Set([this.study.x, this.study.y, this.study.colour])].filter((name) => typeof row[name] === "number");
    return `point ${row.point}${row.mode ? `, ${row.mode}` : ""}: ${names.map((name) => `${named(name)} ${number(row[name])}`).join(", ")}; click to open`;
  }

  opened(row) {
    this.study.row = row;
    this.draw();
    this.open(row);
  }
}
