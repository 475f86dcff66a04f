/* Linear systems of the rate equations about a state, as `steady/linearised.LinearisedRates` has
   them. */

/* How the flux to the rung below changes with a rung; of carriers with their density. */
static vec falls(const Block *b, int64_t r, int64_t c) {
    const Equations *e = b->of;
    if (e->carriers) {
        const Laws *by = b->by + c;
        return by->decay + by->emission * b->down[c] - by->absorption * b->up[c];
    }
    vec flux = e->emission[r] * b->down[c] + e->decay[r];
    return r == 1 && b->lifted ? flux + e->backwards * b->lift[c] : flux;
}

/* What changed populations change of emission and absorption of the classes. */
static void light_changes(const Block *b, const vec *x, vec *emits, vec *absorbs) {
    const Equations *e = b->of;
    int64_t n = e->classes;
    if (!e->carriers) {
        light_sums(e, x, emits, absorbs);
        return;
    }
    for (int64_t c = 0; c < n; c++)
        emits[c] = b->by[c].emission * x[n + c], absorbs[c] = b->by[c].absorption * x[n + c];
}

/* And of photoluminescence and decays of all classes; what the pump lifts decays the less. */
static void decay_changes(const Block *b, const vec *x, vec *glow, vec *decayed) {
    const Equations *e = b->of;
    int64_t n = e->classes, top = e->rungs - 1;
    if (!e->carriers) decay_sums(e, x, glow, decayed);
    else {
        *glow = *decayed = same(0.0);
        for (int64_t c = 0; c < n; c++) {
            *glow += e->weight[c] * b->by[c].glow * x[n + c];
            *decayed += e->weight[c] * b->by[c].decay * x[n + c];
        }
    }
    for (int64_t c = 0; c < n && b->lifted; c++) {
        vec flux = e->backwards * x[n + c];
        for (int64_t r = 0; r < top; r++) flux -= x[r * n + c];
        *decayed += e->weight[c] * b->lift[c] * flux;
    }
}

/* The tridiagonal systems of all classes: no pivots, as each column's diagonal exceeds the rest by
   the shift. */
static void factorised(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, top = e->rungs - 1;
    for (int64_t r = 0; r <= top; r++)
        for (int64_t c = 0; c < n; c++) {
            vec pivot = b->shift;
            if (r > 0) {
                b->falling[r * n + c] = falls(b, r, c);
                pivot += b->falling[r * n + c];
            }
            if (r < top && r < b->rises) {
                vec rising = r < e->absorbing ? e->absorption[r] * b->up[c] : same(0.0);
                b->rising[r * n + c] = b->lifted ? rising + b->lift[c] : rising;
                pivot += b->rising[r * n + c];
            }
            if (r > 0 && r <= b->rises) {
                vec ratio = b->rising[(r - 1) * n + c] * b->inverse[(r - 1) * n + c];
                b->ratio[r * n + c] = ratio;
                pivot -= ratio * b->falling[r * n + c];
            }
            b->inverse[r * n + c] = 1.0 / pivot;
        }
}

static void ladder_solved(const Block *b, vec *x) {
    const Equations *e = b->of;
    int64_t n = e->classes, top = e->rungs - 1;
    for (int64_t r = 1; r <= top && r <= b->rises; r++)
        for (int64_t c = 0; c < n; c++) x[r * n + c] += b->ratio[r * n + c] * x[(r - 1) * n + c];
    for (int64_t c = 0; c < n; c++) x[top * n + c] *= b->inverse[top * n + c];
    for (int64_t r = top - 1; r >= 0; r--)
        for (int64_t i = r * n; i < (r + 1) * n; i++)
            x[i] = (x[i] + b->falling[i + n] * x[i + n]) * b->inverse[i];
}

/* Populations moved by light that every class emits into, and by light that it absorbs; and sums of
   emission and absorption of the classes. */
static void acted_by_light(Block *b, const vec *state) {
    const Equations *e = b->of;
    int64_t n = e->classes, size = b->populations;
    for (int64_t i = 0; i < size; i++) b->by_emission[i] = b->by_absorption[i] = same(0.0);
    if (e->carriers) {
        for (int64_t c = 0; c < n; c++) {
            Laws at = laws_of(e->laws, state[n + c]);
            b->emits[c] = at.emission, b->absorbs[c] = at.absorption;
            b->by_emission[c] = at.emission, b->by_emission[n + c] = -at.emission;
            b->by_absorption[c] = -at.absorption, b->by_absorption[n + c] = at.absorption;
        }
        return;
    }
    for (int64_t r = 0; r + 1 < e->rungs; r++)
        for (int64_t i = r * n; i < (r + 1) * n; i++) {
            vec emitted = e->emission[r + 1] * state[i + n];
            b->by_emission[i] += emitted, b->by_emission[i + n] -= emitted;
            if (r >= e->absorbing) continue;
            vec absorbed = e->absorption[r] * state[i];
            b->by_absorption[i] -= absorbed, b->by_absorption[i + n] += absorbed;
        }
    light_sums(e, state, b->emits, b->absorbs);
}

/* What a class of two rungs emits and absorbs more by an excitation, or density, more. */
static void sums_of_one(Block *b) {
    const Equations *e = b->of;
    double emits = e->emission[1] - e->emission[0];
    double absorbs = (e->absorbing > 1 ? e->absorption[1] : 0.0) - e->absorption[0];
    for (int64_t c = 0; c < e->classes; c++) {
        b->per_emits[c] = e->carriers ? b->by[c].emission : same(emits);
        b->per_absorbs[c] = e->carriers ? b->by[c].absorption : same(absorbs);
    }
}

/* Change of the rate in one step at a fixed state: the hot emitters' share fades, the pump comes and
   goes. Its last part is that of the decays. */
static void faded_in(Block *b, vec time, vec step, vec slope) {
    const Equations *e = b->of;
    vec change = -e->cooling * faded(e, time);
    for (int64_t i = 0; i < b->populations; i++) b->fading[i] = b->feed[i] * change;
    b->fading[b->populations] = e->times ? pumped(b, slope, b->state, b->fading) : same(0.0);
    for (int64_t i = 0; i <= b->populations; i++) b->fading[i] *= step;
}

/* (shift - J) made ready to be solved, J the Jacobian at the state. */
static void linearised(Block *b, vec time, vec step, double gamma) {
    const Equations *e = b->of;
    int64_t n = e->classes;
    const vec *state = b->state, *photons = state + b->populations;
    b->shift = 1.0 / (gamma * step);
    acted_on(b, photons, b->down, b->up);
    for (int64_t c = 0; c < n; c++) b->down[c] += b->seed[c];
    for (int64_t c = 0; c < n && e->carriers; c++) b->by[c] = slopes_of(e->laws, state[n + c]);
    vec slope = same(0.0), share = e->times ? arriving(e, time, &slope) : slope;
    /* the pump empties the ground state and so slows itself; carriers have no such limit */
    b->lifted = e->times && !e->unlimited;
    for (int64_t c = 0; c < n && b->lifted; c++) b->lift[c] = share * b->excitons[c];
    b->rises = e->carriers ? 0 : b->lifted ? e->rungs - 1 : e->absorbing;
    factorised(b);
    acted_by_light(b, state);
    ladder_solved(b, b->by_emission);
    ladder_solved(b, b->by_absorption);
    light_changes(b, b->by_emission, b->response, b->response + n);
    light_changes(b, b->by_absorption, b->response + 2 * n, b->response + 3 * n);
    mode_rates(b, b->emits, b->absorbs, b->gain, b->own);
    for (int64_t m = 0; m < e->modes; m++) {
        b->own[m] = b->shift - (b->own[m] - e->loss[m]);
        b->gaining[m] = photons[m] + 1.0 / e->emitters;
    }
    if (e->rungs == 2) sums_of_one(b);
    light_factorised(b);
    faded_in(b, time, step, slope);
}

/* Change of the photons' rates by changed emission and absorption of the classes. */
static void felt_by_modes(Block *b, vec *emits, vec *absorbs, vec *felt) {
    const Equations *e = b->of;
    const vec *photons = b->state + b->populations;
    mode_rates(b, emits, absorbs, b->gain, felt);
    /* felt holds gain - absorption, each of which a mode feels in its own way */
    for (int64_t m = 0; m < e->modes; m++)
        felt[m] = photons[m] * felt[m] + (b->gaining[m] - photons[m]) * b->gain[m];
}

/* Photons from a right side, in place. */
static void light_solved(Block *b, vec *x) {
    const Equations *e = b->of;
    int64_t n = e->classes, size = b->size;
    if (2 * n >= e->modes || e->patterns) {
        for (int l = 0; l < LANES; l++)
            lu_solved(b->matrix + l * size * size, size, b->pivots + l * size, x, l, b->room);
        return;
    }
    vec *acted = b->acted;
    for (int64_t m = 0; m < e->modes; m++) x[m] /= b->own[m];
    acted_on(b, x, acted, acted + n);
    for (int l = 0; l < LANES; l++)
        lu_solved(b->matrix + l * size * size, size, b->pivots + l * size, acted, l, b->room);
    for (int64_t c = 0; c < n; c++) {
        b->emits[c] = b->response[c] * acted[c] + b->response[2 * n + c] * acted[n + c];
        b->absorbs[c] = b->response[n + c] * acted[c] + b->response[3 * n + c] * acted[n + c];
    }
    felt_by_modes(b, b->emits, b->absorbs, b->felt);
    for (int64_t m = 0; m < e->modes; m++) x[m] += b->felt[m] / b->own[m];
}

/* Solution of (shift - J) x = x, in place. */
static void solved(Block *b, vec *x) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes;
    vec *photons = x + b->populations, *emitted = photons + modes, glow, decayed;
    ladder_solved(b, x);
    light_changes(b, x, b->emits, b->absorbs);
    felt_by_modes(b, b->emits, b->absorbs, b->felt);
    for (int64_t m = 0; m < modes; m++) photons[m] += b->felt[m];
    light_solved(b, photons);
    acted_on(b, photons, b->emits, b->absorbs);
    for (int64_t r = 0; r < e->rungs; r++)
        for (int64_t c = 0; c < n; c++) {
            int64_t i = r * n + c;
            x[i] += b->by_emission[i] * b->emits[c] + b->by_absorption[i] * b->absorbs[c];
        }
    for (int64_t m = 0; m < modes; m++)
        emitted[m] = (emitted[m] + e->loss[m] * photons[m]) / b->shift;
    decay_changes(b, x, &glow, &decayed);
    emitted[modes] = (emitted[modes] + glow) / b->shift;
    emitted[modes + 1] = (emitted[modes + 1] + decayed) / b->shift;
}
