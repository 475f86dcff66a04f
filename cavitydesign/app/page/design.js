// A design as the tables of its file: read and set a key by its dotted name, and what follows from a few of them.

const isSpread = (value) => value !== null && typeof value === "object" && "value" in value;

function tableOf(design, path, make) {
  let table = design;
  for (const part of path) {
    if (table[part] === undefined && make) table[part] = {};
    table = table[part];
    if (table === null || typeof table !== "object") return undefined;
  }
  return table;
}

// The value, without its spread.
export function getKey(design, key) {
  const parts = key.split(".");
  const table = tableOf(design, parts.slice(0, -1), false);
  const value = table === undefined ? undefined : table[parts.at(-1)];
  return isSpread(value) ? value.value : value;
}

export function getSpread(design, key) {
  const parts = key.split(".");
  const table = tableOf(design, parts.slice(0, -1), false);
  const value = table === undefined ? undefined : table[parts.at(-1)];
  return isSpread(value) ? value.sd : undefined;
}

// Set the value and keep its spread; undefined removes the key.
export function setKey(design, key, value) {
  const parts = key.split(".");
  const table = tableOf(design, parts.slice(0, -1), true);
  const name = parts.at(-1);
  if (value === undefined) delete table[name];
  else if (isSpread(table[name])) table[name].value = value;
  else table[name] = value;
}

// The key that sets the size of a cavity, or null where a file or a volume does.
export function sizeKey(design) {
  for (const key of ["cavity.diameter_um", "cavity.parameters.diameter"]) if (typeof getKey(design, key) === "number") return key;
  return null;
}

const LENGTHS = ["axial_radius_um", "polar_radius_um", "fibre_diameter_um", "length_um"];

// Give the cavity another size; where it keeps its shape, the other lengths follow.
export function resize(design, size, keepShape) {
  const key = sizeKey(design);
  const factor = size / getKey(design, key);
  setKey(design, key, size);
  if (!keepShape || key !== "cavity.diameter_um" || !Number.isFinite(factor)) return;
  const scale = (name, by) => {
    const old = getKey(design, `cavity.${name}`);
    if (typeof old === "number") setKey(design, `cavity.${name}`, Number((old * by).toPrecision(9)));
  };
  for (const name of LENGTHS) scale(name, factor);
  scale("volume_um3", factor ** 3);
}

export const clone = (design) => JSON.parse(JSON.stringify(design));

// All keys of a design with their values, tables and lists opened.
export function flat(value, prefix = "") {
  if (value === null || typeof value !== "object" || isSpread(value)) return [[prefix, value]];
  if (Array.isArray(value) && value.every((one) => one === null || typeof one !== "object")) return [[prefix, value]];
  const entries = Array.isArray(value) ? value.map((one, i) => [`[${i}]`, one]) : Object.entries(value).map(([name, one]) => [prefix ? `.${name}` : name, one]);
  return entries.flatMap(([name, one]) => flat(one, `${prefix}${name}`));
}

export function plain(value) {
  if (isSpread(value)) return `${value.value} ± ${value.sd}`;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
