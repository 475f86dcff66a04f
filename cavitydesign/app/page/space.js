// The mode on its cavity in space, to be turned: three.js, which is loaded when the card is first opened.

const AROUND = 192; // sides of the body; the phase along the rim is computed for each pixel
const FAINTEST = 0.03; // share of the largest field that is still painted
const TURN = { drag: 0.008, key: 0.12, zoom: 1.25, each_s: 0.25 };
const REACH = { nearest: 0.2, farthest: 6 }; // distance of the eye, in sizes of the cavity
const COMPONENTS = { e_r: "E_r", e_phi: "E_φ", e_z: "E_z" };

// Real part of amplitude exp(i m phi). Where periods are narrower than two pixels, the envelope is shown.
const VERTEX = `
attribute float amplitude; attribute float angle; varying float a; varying float phi;
void main() { a = amplitude; phi = angle; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
const FRAGMENT = `
uniform float m; uniform float phase; uniform vec3 above; uniform vec3 below; varying float a; varying float phi;
void main() {
  float wide = smoothstep(0.9, 2.6, fwidth(m * phi));
  float wave = a * cos(m * phi - phase);
  float size = mix(abs(wave), 0.64 * abs(a), wide);
  if (size < ${FAINTEST}) discard;
  gl_FragColor = vec4(mix(wave > 0.0 ? above : below, 0.5 * (above + below), wide), 0.25 + 0.75 * size);
}`;

export class SpaceView {
  // card: with a button that opens it, a stage and a read-out.
  constructor(card) {
    this.card = card;
    [this.opener, this.stage, this.canvas, this.output] = ["button.first", ".stage", "canvas", "output"].map((one) => card.querySelector(one));
    Object.assign(this, { field: null, component: "energy", three: null, spin: false, eye: { turn: 0.6, rise: 0.35, far: 2.4 } });
    this.opener.addEventListener("click", () => this.open());
    card.querySelector(".tools").addEventListener("click", (event) => this.act(event.target.dataset.act));
    this.canvas.addEventListener("pointerdown", (event) => { this.canvas.setPointerCapture(event.pointerId); this.canvas.focus(); });
    this.canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.turnBy(-TURN.drag * event.movementX, TURN.drag * event.movementY); });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  async open() {
    this.opener.disabled = true;
    try {
      this.three ??= await import("./three.module.min.js");
      this.begin();
    } catch (error) {
      this.output.textContent = "This browser offers no WebGL, so that nothing can be shown in space; the VTK file opens in ParaView.";
      return;
    }
    this.opener.parentElement.hidden = true;
    for (const one of [this.stage, this.card.querySelector(".tools")]) one.hidden = false;
    this.build();
  }

  begin() {
    const { WebGLRenderer, Scene, PerspectiveCamera, HemisphereLight, DirectionalLight } = this.three;
    this.renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(32, 1, 0.01, 100);
    const sun = new DirectionalLight(0xffffff, 1.6);
    sun.position.set(2, 3, 4);
    this.scene.add(new HemisphereLight(0xffffff, 0x8899aa, 1.8), sun);
  }

  // field: as the field's view holds it, unpacked.
  show(field, order) {
    Object.assign(this, { field, order });
    if (this.renderer) this.build();
  }

  clear() {
    this.field = null;
    if (this.renderer) this.build();
  }

  set(component) {
    this.component = component;
    if (this.renderer) this.build();
  }

  build() {
    for (const one of [...this.scene.children].filter((part) => part.isMesh)) {
      one.geometry.dispose();
      one.material.dispose();
      this.scene.remove(one);
    }
    if (this.field) {
      const { field } = this;
      const { diameter_um: diameter, rim_z_um: level, profile, inside } = field.cavity_um;
      Object.assign(this, { size: diameter, level: level || 0 });
      const surface = profile || Object.values(field.interfaces_um)[0].filter((one) => one);
      inside.forEach((curve, i) => this.body(curve, i ? 0xd8b36a : 0xd98a5a, 0.75));
      this.body(surface, 0x9cc7e6, 0.28);
      this.ring();
      this.canvas.dataset.drawn = field.label;
    }
    this.draw();
  }

  // A curve (r, z) turned about the axis, which stands upright.
  body(curve, colour, opacity) {
    const { LatheGeometry, Vector2, Mesh, MeshStandardMaterial, DoubleSide } = this.three;
    const points = curve.filter((one) => one).map(([r, z]) => new Vector2(Math.max(r, 0), z));
    const material = new MeshStandardMaterial({ color: colour, opacity, transparent: true, roughness: 0.35, side: DoubleSide, depthWrite: opacity > 0.5 });
    this.scene.add(new Mesh(new LatheGeometry(points, AROUND), material));
  }

  // The field on the surface through its largest values at each height, with its phase along the rim.
  ring() {
    const { BufferGeometry, Float32BufferAttribute, Mesh, ShaderMaterial, Color, DoubleSide } = this.three;
    const { shape: [rows, columns], r_um: r, z_um: z, energy } = this.field;
    const size = (values) => values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const name = this.component === "energy" ? Object.keys(COMPONENTS).reduce((best, one) => (size(this.field[one]) > size(this.field[best]) ? one : best)) : this.component;
    const values = this.field[name];
    const most = size(values) || 1;
    const [places, amplitudes, angles, faces, line] = [[], [], [], [], []];
    for (let k = 0; k < columns; k += 1) {
      let best = k;
      for (let i = 0; i < rows; i += 1) if (energy[i * columns + k] > energy[best]) best = i * columns + k;
      if (Math.abs(values[best]) > FAINTEST * most || line.length) line.push(best);
    }
    while (line.length && Math.abs(values[line.at(-1)]) <= FAINTEST * most) line.pop();
    line.forEach((best) => {
      for (let n = 0; n <= AROUND; n += 1) {
        const phi = (2 * Math.PI * n) / AROUND;
        places.push(r[best] * Math.sin(phi), z[best], r[best] * Math.cos(phi));
        amplitudes.push(values[best] / most);
        angles.push(phi);
      }
    });
    for (let k = 0; k + 1 < line.length; k += 1) {
      for (let n = 0; n < AROUND; n += 1) {
        const [a, b] = [k * (AROUND + 1) + n, (k + 1) * (AROUND + 1) + n];
        faces.push(a, b, a + 1, a + 1, b, b + 1);
      }
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new Float32BufferAttribute(places, 3));
    geometry.setAttribute("amplitude", new Float32BufferAttribute(amplitudes, 1));
    geometry.setAttribute("angle", new Float32BufferAttribute(angles, 1));
    geometry.setIndex(faces);
    const uniforms = { m: { value: this.order }, phase: { value: 0 }, above: { value: new Color(0.78, 0.16, 0.2) }, below: { value: new Color(0.13, 0.4, 0.67) } };
    const mesh = new Mesh(geometry, new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, transparent: true, side: DoubleSide }));
    mesh.renderOrder = 1;
    this.scene.add(mesh);
    this.output.textContent = `${this.field.label}: ${COMPONENTS[name]} in space, red above and blue below zero, ${this.order} periods around; drag or use the arrow keys to turn, + and − to come nearer`;
  }

  draw() {
    if (!this.renderer || !this.canvas.clientWidth) return;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.near = 0.005 * this.size;
    this.camera.far = 20 * this.size;
    const { turn, rise, far } = this.eye;
    // near the rim the eye looks at the rim, from afar at the whole cavity
    const rim = 0.5 * this.size * Math.max(0, Math.min(1, (1.6 - far) / 1.2));
    const flat = far * this.size * Math.cos(rise);
    const middle = [rim * Math.sin(turn), this.level, rim * Math.cos(turn)];
    this.camera.position.set(middle[0] + flat * Math.sin(turn), this.level + far * this.size * Math.sin(rise), middle[2] + flat * Math.cos(turn));
    this.camera.lookAt(...middle);
    this.camera.updateProjectionMatrix();
    this.renderer.render(this.scene, this.camera);
    Object.assign(this.canvas.dataset, { turn: turn.toFixed(3), far: far.toFixed(3) });
  }

  turnBy(across, up) {
    this.eye.turn += across * Math.min(1, this.eye.far);
    this.eye.rise = Math.max(-1.5, Math.min(1.5, this.eye.rise + up));
    this.draw();
  }

  zoom(factor) {
    this.eye.far = Math.max(REACH.nearest, Math.min(REACH.farthest, this.eye.far * factor));
    this.draw();
  }

  act(name) {
    if (name === "nearer") this.zoom(1 / TURN.zoom);
    if (name === "farther") this.zoom(TURN.zoom);
    if (name === "spin") {
      this.spin = !this.spin;
      this.card.querySelector("[data-act=spin]").setAttribute("aria-pressed", String(this.spin));
      if (this.spin) requestAnimationFrame((now) => this.step(now, now));
    }
  }

  step(before, now) {
    if (!this.spin || !this.field) return;
    this.turnBy((TURN.each_s * (now - before)) / 1000, 0);
    requestAnimationFrame((next) => this.step(now, next));
  }

  key(event) {
    const moves = { ArrowLeft: [-TURN.key, 0], ArrowRight: [TURN.key, 0], ArrowUp: [0, TURN.key], ArrowDown: [0, -TURN.key] };
    if (moves[event.key]) this.turnBy(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1 / TURN.zoom);
    else if (event.key === "-") this.zoom(TURN.zoom);
    else return;
    event.preventDefault();
  }

  // The wheel moves the page until the picture has been clicked.
  wheel(event) {
    if (document.activeElement !== this.canvas) return;
    event.preventDefault();
    this.zoom(event.deltaY > 0 ? 1.1 : 1 / 1.1);
  }
}
