/* The rate equations of LANES pulses side by side, as `rate_equations.RateEquations` has them for
   emitters on a ladder and `carrier_equations.CarrierEquations` for carriers. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX2__
#define LANES 4
#else
#define LANES 2
#endif
typedef double vec __attribute__((vector_size(8 * LANES), aligned(8)));

#include "carriers.h"

/* Of many pulses; `own`: down, up and seed have a value for each column. `carriers`: populations
   follow `laws`. `times`: of the table of a long pump pulse; 0 after a short one. `patterns`: zones
   in a run of standing waves, 0 of travelling ones; down and up are then those of the means of each
   run. */
typedef struct {
    int64_t rungs, classes, modes, absorbing, columns, own, feed_classes;
    int64_t carriers, times, unlimited, patterns, inner;
    double cooling, emitters, backwards;
    const double *emission, *absorption, *radiative, *decay; /* by rung */
    const double *weight, *loss;
    const double *laws, *at, *arriving;
    const double *down, *up, *seed, *feed, *excitons;
    const int64_t *row; /* of each mode, in the matrix of patterns */
} Equations;

/* LANES of these pulses with room to work in. */
typedef struct {
    const Equations *of;
    int64_t rows, populations, rises, lifted; /* rungs that rise; whether the pump lifts them */
    vec *own_down, *own_up, *seed, *feed, *excitons, *lift;
    vec *down, *up, *emits, *absorbs; /* of classes */
    vec *state, *slope, *trial, *error, *slopes, *net, *gain;
    vec *falling, *rising, *inverse, *ratio, *by_emission, *by_absorption; /* of rungs */
    vec *gaining, *own, *light, *felt, *response, *acted, *fading, *gained, *lost;
    vec *per_emits, *per_absorbs, *light_rows;
    Laws *by; /* of classes: slopes of the laws of carriers */
    double *matrix, *room;
    int64_t *pivots, size;
    vec shift;
} Block;

static vec same(double value) {
    vec all;
    for (int l = 0; l < LANES; l++) all[l] = value;
    return all;
}

#include "pumping.h"
#include "patterns.h"

/* Classes whose sums go side by side: one sum waits four cycles for each of its additions. */
#define SIDE 4

/* Sums over modes of down[c, m] x[m] and of up, for `count` classes from c on; T: the coefficients,
   one for all columns or lanes. */
#define SUMS_OVER_MODES(name, T)                                                                   \
    static inline __attribute__((always_inline)) void name(                                        \
        const T *down, const T *up, const vec *x, int64_t modes, int count, vec *a, vec *d) {      \
        vec first[SIDE], second[SIDE];                                                             \
        for (int k = 0; k < count; k++) first[k] = second[k] = same(0.0);                          \
        for (int64_t m = 0; m < modes; m++)                                                        \
            for (int k = 0; k < count; k++)                                                        \
                first[k] += down[k * modes + m] * x[m], second[k] += up[k * modes + m] * x[m];     \
        for (int k = 0; k < count; k++) a[k] = first[k], d[k] = second[k];                         \
    }
SUMS_OVER_MODES(sums_of_shared, double)
SUMS_OVER_MODES(sums_of_own, vec)

/* out[c] = sum over modes of down[c, m] x[m], and of up. */
static void acted_on(const Block *b, const vec *x, vec *down, vec *up) {
    const Equations *e = b->of;
    int64_t c = 0, modes = e->modes;
    if (e->patterns) {
        patterns_acted_on(b, x, b->own_down, down);
        patterns_acted_on(b, x, b->own_up, up);
    } else if (e->own) {
        const vec *a = b->own_down, *d = b->own_up;
        for (; c + SIDE <= e->classes; c += SIDE)
            sums_of_own(a + c * modes, d + c * modes, x, modes, SIDE, down + c, up + c);
        for (; c < e->classes; c++)
            sums_of_own(a + c * modes, d + c * modes, x, modes, 1, down + c, up + c);
    } else {
        const double *a = e->down, *d = e->up;
        for (; c + SIDE <= e->classes; c += SIDE)
            sums_of_shared(a + c * modes, d + c * modes, x, modes, SIDE, down + c, up + c);
        for (; c < e->classes; c++)
            sums_of_shared(a + c * modes, d + c * modes, x, modes, 1, down + c, up + c);
    }
}

/* Modes whose sums go side by side, for the same reason. */
#define ABREAST 8

/* out[m] += sum over classes of coefficients[c, m] y[c], for `count` modes. */
#define ADDED_TO_MODES(name, T)                                                                    \
    static inline __attribute__((always_inline)) void name(                                        \
        const T *coefficients, const vec *y, int64_t classes, int64_t modes, int count,            \
        vec *out) {                                                                                \
        vec sum[ABREAST];                                                                          \
        for (int k = 0; k < count; k++) sum[k] = out[k];                                           \
        for (int64_t c = 0; c < classes; c++)                                                      \
            for (int k = 0; k < count; k++) sum[k] += coefficients[c * modes + k] * y[c];          \
        for (int k = 0; k < count; k++) out[k] = sum[k];                                           \
    }
ADDED_TO_MODES(added_of_shared, double)
ADDED_TO_MODES(added_of_own, vec)

/* out[m] += sum over classes of coefficients[c, m] y[c]; `lanes` where each column has its own.
   y is transformed where there are patterns. */
static void added(const Block *b, const double *shared, const vec *lanes, vec *y, vec *out) {
    int64_t n = b->of->classes, m = 0, modes = b->of->modes;
    if (b->of->patterns) added_of_patterns(b, lanes, y, out);
    else if (b->of->own) {
        for (; m + ABREAST <= modes; m += ABREAST)
            added_of_own(lanes + m, y, n, modes, ABREAST, out + m);
        for (; m < modes; m++) added_of_own(lanes + m, y, n, modes, 1, out + m);
    } else {
        for (; m + ABREAST <= modes; m += ABREAST)
            added_of_shared(shared + m, y, n, modes, ABREAST, out + m);
        for (; m < modes; m++) added_of_shared(shared + m, y, n, modes, 1, out + m);
    }
}

/* Weighted sums over rungs: of emission and absorption, by class. */
static void light_sums(const Equations *e, const vec *ladder, vec *emits, vec *absorbs) {
    int64_t n = e->classes;
    for (int64_t c = 0; c < n; c++) emits[c] = absorbs[c] = same(0.0);
    for (int64_t r = 0; r < e->rungs; r++)
        for (int64_t c = 0; c < n; c++) emits[c] += e->emission[r] * ladder[r * n + c];
    for (int64_t r = 0; r < e->absorbing; r++)
        for (int64_t c = 0; c < n; c++) absorbs[c] += e->absorption[r] * ladder[r * n + c];
}

/* Photoluminescence and decays of all classes. */
static void decay_sums(const Equations *e, const vec *ladder, vec *glow, vec *decayed) {
    int64_t n = e->classes;
    *glow = *decayed = same(0.0);
    for (int64_t r = 1; r < e->rungs; r++) {
        vec all = same(0.0);
        for (int64_t c = 0; c < n; c++) all += e->weight[c] * ladder[r * n + c];
        *glow += e->radiative[r] * all, *decayed += e->decay[r] * all;
    }
}

/* Emission and absorption of the classes as rates of the modes: gain, and gain - absorption. */
static void mode_rates(Block *b, vec *emits, vec *absorbs, vec *gain, vec *net) {
    const Equations *e = b->of;
    for (int64_t c = 0; c < e->classes; c++)
        emits[c] *= e->weight[c], absorbs[c] *= -e->weight[c];
    for (int64_t m = 0; m < e->modes; m++) gain[m] = same(0.0);
    added(b, e->down, b->own_down, emits, gain);
    memcpy(net, gain, e->modes * sizeof(vec));
    added(b, e->up, b->own_up, absorbs, net);
}

static vec faded(const Equations *e, vec time) {
    vec fade;
    for (int l = 0; l < LANES; l++) fade[l] = exp(-e->cooling * time[l]);
    return fade;
}

/* d state / dt, and the net gain rates. */
static void rate(Block *b, vec time, const vec *state, vec *out, vec *net) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes;
    const vec *photons = state + b->populations;
    vec fade = faded(e, time), glow = same(0.0), decayed = glow, slope;
    acted_on(b, photons, b->down, b->up);
    for (int64_t c = 0; c < n; c++) b->down[c] += b->seed[c], out[c] = b->feed[c] * fade;
    if (e->carriers) {
        for (int64_t c = 0; c < n; c++) {
            Laws at = laws_of(e->laws, state[n + c]);
            vec flux = at.decay + at.emission * b->down[c] - at.absorption * b->up[c];
            out[c] += flux;
            out[n + c] = b->feed[n + c] * fade - flux;
            b->emits[c] = at.emission, b->absorbs[c] = at.absorption;
            glow += e->weight[c] * at.glow, decayed += e->weight[c] * at.decay;
        }
    } else {
        for (int64_t r = 0; r + 1 < e->rungs; r++) {
            const vec *here = state + r * n, *above = here + n, *feed = b->feed + (r + 1) * n;
            vec *into = out + r * n;
            for (int64_t c = 0; c < n; c++) {
                vec flux = (e->emission[r + 1] * b->down[c] + e->decay[r + 1]) * above[c];
                if (r < e->absorbing) flux -= e->absorption[r] * b->up[c] * here[c];
                into[c] += flux;
                into[n + c] = feed[c] * fade - flux;
            }
        }
        light_sums(e, state, b->emits, b->absorbs);
        decay_sums(e, state, &glow, &decayed);
    }
    if (e->times) decayed += pumped(b, arriving(e, time, &slope), state, out);
    mode_rates(b, b->emits, b->absorbs, b->gain, net);
    vec *light = out + b->populations, *emitted = light + modes;
    for (int64_t m = 0; m < modes; m++) {
        net[m] -= e->loss[m];
        light[m] = net[m] * photons[m] + b->gain[m] / e->emitters;
        emitted[m] = e->loss[m] * photons[m];
    }
    emitted[modes] = glow, emitted[modes + 1] = decayed;
}
