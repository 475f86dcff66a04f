/* Linear systems of the rate equations about a state, as `steady/linearised.LinearisedRates` has
   them without a pump. */

/* The tridiagonal systems of all classes: no pivots, as each column's diagonal exceeds the rest by
   the shift. */
static void factorised(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, top = e->rungs - 1;
    for (int64_t r = 0; r <= top; r++)
        for (int64_t c = 0; c < n; c++) {
            vec pivot = b->shift;
            if (r > 0) {
                b->falling[r * n + c] = e->emission[r] * b->down[c] + e->decay[r];
                pivot += b->falling[r * n + c];
            }
            if (r < top && r < e->absorbing) {
                b->rising[r * n + c] = e->absorption[r] * b->up[c];
                pivot += b->rising[r * n + c];
            }
            if (r > 0 && r <= e->absorbing) {
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
    for (int64_t r = 1; r <= top && r <= e->absorbing; r++)
        for (int64_t c = 0; c < n; c++) x[r * n + c] += b->ratio[r * n + c] * x[(r - 1) * n + c];
    for (int64_t c = 0; c < n; c++) x[top * n + c] *= b->inverse[top * n + c];
    for (int64_t r = top - 1; r >= 0; r--)
        for (int64_t i = r * n; i < (r + 1) * n; i++)
            x[i] = (x[i] + b->falling[i + n] * x[i + n]) * b->inverse[i];
}

/* Matrices of the lanes, one after the other, into L U with partial pivoting. */
static void lu(double *a, int64_t n, int64_t *pivots) {
    for (int64_t k = 0; k < n; k++) {
        int64_t best = k;
        for (int64_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[best * n + k])) best = i;
        pivots[k] = best;
        if (best != k)
            for (int64_t j = 0; j < n; j++) {
                double kept = a[k * n + j];
                a[k * n + j] = a[best * n + j], a[best * n + j] = kept;
            }
        double inverse = 1.0 / a[k * n + k];
        a[k * n + k] = inverse;
        for (int64_t i = k + 1; i < n; i++) {
            double factor = a[i * n + k] *= inverse;
            for (int64_t j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
        }
    }
}

static void lu_solved(const double *a, int64_t n, const int64_t *pivots, vec *x, int l) {
    for (int64_t k = 0; k < n; k++) {
        double kept = x[k][l];
        x[k][l] = x[pivots[k]][l], x[pivots[k]][l] = kept;
    }
    for (int64_t i = 1; i < n; i++) {
        double sum = x[i][l];
        for (int64_t j = 0; j < i; j++) sum -= a[i * n + j] * x[j][l];
        x[i][l] = sum;
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        double sum = x[i][l];
        for (int64_t j = i + 1; j < n; j++) sum -= a[i * n + j] * x[j][l];
        x[i][l] = sum * a[i * n + i];
    }
}

static vec coefficient(const Block *b, const double *shared, const vec *lanes, int64_t place) {
    return b->of->own ? lanes[place] : same(shared[place]);
}

/* What is left for the light when the populations are eliminated: an equation for each mode, or
   two for each class, as `_LightByModes` and `_LightByClasses` have them. */
static void light_factorised(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes, many = 2 * n < modes, size = many ? 2 * n : modes;
    const vec *photons = b->state + b->populations;
    vec *feeling = b->acted, *row = b->felt;
    b->size = size;
    for (int64_t m = 0; m < modes && many; m++) b->light[m] = b->gaining[m] / b->own[m];
    for (int64_t i = 0; i < size; i++) {
        for (int64_t j = 0; j < size; j++) row[j] = same(0.0);
        if (many) {
            const double *shared = (i < n ? e->down : e->up) + (i % n) * modes;
            const vec *lanes = e->own ? (i < n ? b->own_down : b->own_up) + (i % n) * modes : NULL;
            for (int64_t c = 0; c < n; c++) {
                vec gained = same(0.0), lost = same(0.0);
                for (int64_t m = 0; m < modes; m++) {
                    vec acting = coefficient(b, shared, lanes, m);
                    vec down = coefficient(b, e->down, b->own_down, c * modes + m);
                    vec up = coefficient(b, e->up, b->own_up, c * modes + m);
                    gained += acting * b->light[m] * down;
                    lost += acting * (photons[m] / b->own[m]) * up;
                }
                gained *= e->weight[c], lost *= e->weight[c];
                row[c] = lost * b->response[n + c] - gained * b->response[c];
                row[n + c] = lost * b->response[3 * n + c] - gained * b->response[2 * n + c];
            }
            row[i] += 1.0;
        } else {
            for (int64_t c = 0; c < n; c++) {
                vec down = coefficient(b, e->down, b->own_down, c * modes + i);
                vec up = coefficient(b, e->up, b->own_up, c * modes + i);
                vec gain = b->gaining[i] * down * e->weight[c];
                vec lost = photons[i] * up * e->weight[c];
                feeling[c] = lost * b->response[n + c] - gain * b->response[c];
                feeling[n + c] = lost * b->response[3 * n + c] - gain * b->response[2 * n + c];
            }
            added(b, e->down, b->own_down, feeling, row);
            added(b, e->up, b->own_up, feeling + n, row);
            row[i] += b->own[i];
        }
        for (int l = 0; l < LANES; l++)
            for (int64_t j = 0; j < size; j++) b->matrix[(l * size + i) * size + j] = row[j][l];
    }
    for (int l = 0; l < LANES; l++)
        lu(b->matrix + l * size * size, size, b->pivots + l * size);
}

/* (shift - J) made ready to be solved, J the Jacobian at the state. */
static void linearised(Block *b, vec time, vec step, double gamma) {
    const Equations *e = b->of;
    int64_t n = e->classes, size = b->populations;
    const vec *state = b->state, *photons = state + size;
    b->shift = 1.0 / (gamma * step);
    acted_on(b, photons, b->down, b->up);
    for (int64_t c = 0; c < n; c++) b->down[c] += b->seed[c];
    factorised(b);
    for (int64_t i = 0; i < size; i++) b->by_emission[i] = b->by_absorption[i] = same(0.0);
    for (int64_t r = 0; r + 1 < e->rungs; r++)
        for (int64_t i = r * n; i < (r + 1) * n; i++) {
            vec emitted = e->emission[r + 1] * state[i + n];
            b->by_emission[i] += emitted, b->by_emission[i + n] -= emitted;
            if (r >= e->absorbing) continue;
            vec absorbed = e->absorption[r] * state[i];
            b->by_absorption[i] -= absorbed, b->by_absorption[i + n] += absorbed;
        }
    ladder_solved(b, b->by_emission);
    ladder_solved(b, b->by_absorption);
    light_sums(e, b->by_emission, b->response, b->response + n);
    light_sums(e, b->by_absorption, b->response + 2 * n, b->response + 3 * n);
    light_sums(e, state, b->emits, b->absorbs);
    mode_rates(b, b->emits, b->absorbs, b->gain, b->own);
    for (int64_t m = 0; m < e->modes; m++) {
        b->own[m] = b->shift - (b->own[m] - e->loss[m]);
        b->gaining[m] = photons[m] + 1.0 / e->emitters;
    }
    light_factorised(b);
    vec change = -e->cooling * faded(e, time) * step;
    for (int64_t i = 0; i < size; i++) b->fading[i] = b->feed[i] * change;
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
    if (2 * n >= e->modes) {
        for (int l = 0; l < LANES; l++)
            lu_solved(b->matrix + l * size * size, size, b->pivots + l * size, x, l);
        return;
    }
    vec *acted = b->acted;
    for (int64_t m = 0; m < e->modes; m++) x[m] /= b->own[m];
    acted_on(b, x, acted, acted + n);
    for (int l = 0; l < LANES; l++)
        lu_solved(b->matrix + l * size * size, size, b->pivots + l * size, acted, l);
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
    light_sums(e, x, b->emits, b->absorbs);
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
    decay_sums(e, x, &glow, &decayed);
    emitted[modes] = (emitted[modes] + glow) / b->shift;
    emitted[modes + 1] = (emitted[modes + 1] + decayed) / b->shift;
}
