/* Steps of the rate equations, compiled: what `steppers` and `marching` say in NumPy.

   LANES pulses go side by side, each with its own time and step: one operation of the processor
   does the same for all of them. Arrays of NumPy are (rows, columns), a column for each pulse.
   Names are those of the Python modules; where results differ by more than rounding, a test
   fails. */

#ifdef __linux__
#define _GNU_SOURCE
#include <sys/mman.h>
#endif

#include "rates.h"
#include "dense.h"
#include "light.h"
#include "linearised.h"

#define EXPORTED __attribute__((visibility("default")))

/* An explicit method (implicit 0) or a Rosenbrock method. Rows of `weights` and `couplings` are
   `stages` long. */
typedef struct {
    int64_t stages, implicit;
    double order, gamma;
    const double *weights, *couplings, *nodes, *times, *error;
} Method;

typedef struct {
    double tolerance, until, photon_floor, population_share, photon_share;
    double pumped_until, pulse_ends, longest; /* under a long pump no step is longer */
} Control;

/* `count` is known to the compiler at each call, which then keeps the weights in registers. */
static inline __attribute__((always_inline)) void combined_of(
    int64_t rows, const double *weights, int64_t count, const vec *parts, const vec *state,
    const vec *factor, vec *trial) {
    for (int64_t i = 0; i < rows; i++) {
        vec sum = weights[0] * parts[i];
        for (int64_t k = 1; k < count; k++) sum += weights[k] * parts[k * rows + i];
        if (factor) sum *= *factor;
        trial[i] = state ? sum + state[i] : sum;
    }
}

#define COMBINED(count)                                                                            \
    case count:                                                                                    \
        combined_of(b->rows, weights, count, parts, state, factor, trial);                         \
        break;

/* trial = state + factor sum of weights[i] parts[i]; factor 1 where it is NULL. */
static void combined(const Block *b, const double *weights, int64_t count, const vec *parts,
                     const vec *state, const vec *factor, vec *trial) {
    switch (count) {
        COMBINED(1)
        COMBINED(2)
        COMBINED(3)
        COMBINED(4)
        COMBINED(5)
        COMBINED(6)
        COMBINED(7)
        default:
            combined_of(b->rows, weights, count, parts, state, factor, trial);
    }
}

static void explicit_step(Block *b, const Method *method, vec time, vec step) {
    int64_t rows = b->rows, stages = method->stages;
    memcpy(b->slopes, b->slope, rows * sizeof(vec));
    for (int64_t s = 1; s <= stages; s++) {
        combined(b, method->weights + (s - 1) * stages, s, b->slopes, b->state, &step, b->trial);
        rate(b, time + method->nodes[s - 1] * step, b->trial, b->slopes + s * rows, b->felt);
    }
    combined(b, method->error, stages + 1, b->slopes, NULL, &step, b->error);
}

/* Adds a part of what the rate changes by itself: of the populations and of the decays. */
static void fades(const Block *b, double part, vec *right) {
    for (int64_t i = 0; i < b->populations; i++) right[i] += part * b->fading[i];
    right[b->rows - 1] += part * b->fading[b->populations];
}

static void implicit_step(Block *b, const Method *method, vec time, vec step) {
    int64_t rows = b->rows, stages = method->stages;
    vec per_step = 1.0 / step, *right = b->slopes;
    linearised(b, time, step, method->gamma);
    memcpy(right, b->slope, rows * sizeof(vec));
    fades(b, method->times[0], right);
    solved(b, right);
    for (int64_t s = 1; s <= stages; s++) {
        int64_t before = (s - 1) * stages;
        right = b->slopes + s * rows;
        combined(b, method->weights + before, s, b->slopes, b->state, NULL, b->trial);
        rate(b, time + method->nodes[s - 1] * step, b->trial, b->error, b->net);
        combined(b, method->couplings + before, s, b->slopes, b->error, &per_step, right);
        if (method->times[s] != 0.0) fades(b, method->times[s], right);
        solved(b, right);
    }
    for (int64_t i = 0; i < rows; i++) b->trial[i] += right[i];
    memcpy(b->error, right, rows * sizeof(vec));
    rate(b, time + step, b->trial, b->slopes + stages * rows, b->felt);
}

/* Sum of the squares of the errors over what they may be. */
static vec summed(const vec *error, const vec *trial, int64_t from, int64_t to, vec floor) {
    vec sum = same(0.0);
    for (int64_t i = from; i < to; i++) {
        vec size;
        for (int l = 0; l < LANES; l++) size[l] = fabs(trial[i][l]);
        vec part = error[i] / (floor + size);
        sum += part * part;
    }
    return sum;
}

static vec error_size(const Block *b, const Control *control, vec floor) {
    int64_t lit = b->populations + 2 * b->of->modes;
    vec sum = control->population_share * summed(b->error, b->trial, 0, b->populations, floor);
    sum += control->photon_share *
           summed(b->error, b->trial, b->populations, lit, same(control->photon_floor));
    sum += summed(b->error, b->trial, lit, b->rows, floor);
    for (int l = 0; l < LANES; l++) sum[l] = sqrt(sum[l]) / control->tolerance;
    return sum;
}

static vec *taken(vec **room, int64_t count) {
    vec *first = *room;
    *room += count;
    return first;
}

/* Bytes from which memory is asked for in large pages, and their size: steps of many classes wait
   for the table of small ones, an eighth of their time. */
#define LARGE (8u << 20)
#define PAGE (2u << 20)

static void *allocated(size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes > LARGE) {
        size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
        void *room = aligned_alloc(PAGE, whole);
        /* where there are no such pages the small ones serve */
        if (room) (void)madvise(room, whole, MADV_HUGEPAGE);
        return room;
    }
#endif
    return malloc(bytes);
}

/* Room for LANES pulses; 0 where there is none. */
static int allotted(Block *b, const Equations *e, const Method *method, vec **all) {
    int64_t n = e->classes, modes = e->modes, populations = e->rungs * n;
    int64_t rows = populations + 2 * modes + 2, coefficients = 0, products = 0, fed = 0;
    int64_t most = modes > 2 * n ? modes : 2 * n, least = modes < 2 * n ? modes : 2 * n;
    if (e->patterns) coefficients = n / e->patterns * modes, least = modes;
    else {
        /* rows come in groups of SIDE; or, of few modes, what acts on the classes */
        int64_t many = 2 * n < modes;
        coefficients = e->own ? n * modes : 0;
        products = many ? (n + SIDE) * n : n * modes;
        fed = many ? products : ROWS * n;
    }
    int64_t count = 2 * coefficients + products + fed + (ROWS + 4) * modes + 16 * n
                    + rows * (method->stages + 5) + 8 * most + 8 * populations + 1;
    vec *room = *all = allocated(count * sizeof(vec));
    b->matrix = malloc(LANES * least * least * sizeof(double));
    b->pivots = malloc(LANES * least * sizeof(int64_t));
    b->by = malloc(n * sizeof(Laws)), b->room = malloc(least * sizeof(double));
    if (!room || !b->matrix || !b->pivots || !b->by || !b->room) return 0;
    b->of = e, b->rows = rows, b->populations = populations;
    b->own_down = taken(&room, coefficients), b->own_up = taken(&room, coefficients);
    b->seed = taken(&room, n), b->feed = taken(&room, populations);
    b->down = taken(&room, n), b->up = taken(&room, n);
    b->emits = taken(&room, n), b->absorbs = taken(&room, n);
    b->response = taken(&room, 4 * n), b->acted = taken(&room, most);
    b->state = taken(&room, rows), b->slope = taken(&room, rows);
    b->trial = taken(&room, rows), b->error = taken(&room, rows);
    b->slopes = taken(&room, rows * (method->stages + 1));
    b->net = taken(&room, modes), b->gain = taken(&room, modes);
    b->gaining = taken(&room, modes), b->own = taken(&room, modes);
    b->light = taken(&room, most), b->felt = taken(&room, most);
    b->falling = taken(&room, populations), b->rising = taken(&room, populations);
    b->inverse = taken(&room, populations), b->ratio = taken(&room, populations);
    b->by_emission = taken(&room, populations), b->by_absorption = taken(&room, populations);
    b->fading = taken(&room, populations + 1);
    b->excitons = taken(&room, n), b->lift = taken(&room, n);
    b->gained = taken(&room, products), b->lost = taken(&room, fed);
    b->light_rows = taken(&room, ROWS * modes);
    b->per_emits = taken(&room, n), b->per_absorbs = taken(&room, n);
    return 1;
}

/* Columns of NumPy into lanes; the last ones stand again where there are fewer. */
static void gathered(const double *from, int64_t rows, int64_t columns, int64_t first, vec *out) {
    for (int64_t i = 0; i < rows; i++)
        for (int l = 0; l < LANES; l++) {
            int64_t column = first + l < columns ? first + l : columns - 1;
            out[i][l] = from[i * columns + column];
        }
}

static void scattered(const vec *from, int64_t rows, int64_t columns, int64_t first, double *out) {
    for (int64_t i = 0; i < rows; i++)
        for (int l = 0; l < LANES && first + l < columns; l++)
            out[i * columns + first + l] = from[i][l];
}

static void prepared(Block *b, int64_t first) {
    const Equations *e = b->of;
    int64_t n = e->classes, pairs = n * e->modes;
    if (e->patterns) pairs /= e->patterns;
    if (e->own) gathered(e->seed, n, e->columns, first, b->seed);
    else for (int64_t c = 0; c < n; c++) b->seed[c] = same(e->seed[c]);
    for (int64_t i = 0; i < pairs && e->patterns && !e->own; i++)
        b->own_down[i] = same(e->down[i]), b->own_up[i] = same(e->up[i]);
    for (int64_t i = 0; i < pairs && e->own; i++)
        for (int l = 0; l < LANES; l++) {
            int64_t column = first + l < e->columns ? first + l : e->columns - 1;
            b->own_down[i][l] = e->down[column * pairs + i];
            b->own_up[i][l] = e->up[column * pairs + i];
        }
    if (e->times) gathered(e->excitons, n, e->columns, first, b->excitons);
    for (int64_t r = 0; r < e->rungs; r++) {
        int64_t rows = e->feed_classes;
        gathered(e->feed + r * rows * e->columns, rows, e->columns, first, b->feed + r * n);
        for (int64_t c = rows; c < n; c++) b->feed[r * n + c] = b->feed[r * n];
    }
}

/* Try `count` steps of every pulse that has not come to `until`; 1 where memory is short.
   net: (modes, columns) net gain rates at the state; time, step, floor: (columns,); trail: NULL, or
   (count, 1 + modes) time and photons of the last column after each. */
EXPORTED int advanced(const Equations *e, const Method *method, const Control *control, int64_t count,
             const double *floor, double *time, double *step, double *state, double *slope,
             double *net, double *trail) {
    Block b = {0};
    vec *all, last = same(0.0), at = last, length = last;
    int ready = allotted(&b, e, method, &all);
    for (int64_t first = 0; ready && first < e->columns; first += LANES) {
        prepared(&b, first);
        gathered(state, b.rows, e->columns, first, b.state);
        gathered(slope, b.rows, e->columns, first, b.slope);
        gathered(time, 1, e->columns, first, &at);
        gathered(step, 1, e->columns, first, &length);
        gathered(floor, 1, e->columns, first, &last);
        for (int64_t tried = 0; tried < count; tried++) {
            if (method->implicit) implicit_step(&b, method, at, length);
            else explicit_step(&b, method, at, length);
            vec size = error_size(&b, control, last);
            const vec *end = b.slopes + method->stages * b.rows;
            int moves = 0, good[LANES] = {0};
            for (int l = 0; l < LANES; l++) {
                int64_t column = first + l;
                if (at[l] >= control->until || column >= e->columns) continue;
                if (size[l] <= 1.0) {
                    at[l] += length[l];
                    good[l] = 1, moves++;
                    for (int64_t m = 0; m < e->modes; m++)
                        net[m * e->columns + column] = b.felt[m][l];
                }
                double factor = 0.2; /* also where the size is no number */
                if (size[l] == size[l]) {
                    factor = 0.9 * pow(size[l] > 1e-8 ? size[l] : 1e-8, -1.0 / method->order);
                    factor = factor < 0.2 ? 0.2 : factor > 5.0 ? 5.0 : factor;
                }
                length[l] *= factor;
                /* neither over the pump pulse nor over its end */
                double left = control->pulse_ends - at[l];
                if (at[l] < control->pumped_until && left > 0.0) {
                    double most = left < control->longest ? left : control->longest;
                    length[l] = length[l] < most ? length[l] : most;
                }
            }
            if (moves == LANES) {
                memcpy(b.state, b.trial, b.rows * sizeof(vec));
                memcpy(b.slope, end, b.rows * sizeof(vec));
            } else
                for (int l = 0; l < LANES; l++)
                    for (int64_t i = 0; i < b.rows && good[l]; i++)
                        b.state[i][l] = b.trial[i][l], b.slope[i][l] = end[i][l];
            int64_t lane = e->columns - 1 - first;
            if (trail && lane < LANES) {
                double *noted = trail + tried * (1 + e->modes);
                noted[0] = at[lane];
                for (int64_t m = 0; m < e->modes; m++)
                    noted[1 + m] = b.state[b.populations + m][lane];
            }
        }
        scattered(b.state, b.rows, e->columns, first, state);
        scattered(b.slope, b.rows, e->columns, first, slope);
        scattered(&at, 1, e->columns, first, time);
        scattered(&length, 1, e->columns, first, step);
    }
    free(all), free(b.matrix), free(b.pivots), free(b.by), free(b.room);
    return !ready;
}

/* Whether the processor takes what was compiled for AVX2. */
EXPORTED int wide(void) {
#ifdef __x86_64__
    return __builtin_cpu_supports("avx2") != 0;
#else
    return 0;
#endif
}

/* Of the sources that this was compiled from. */
EXPORTED const char *sources(void) { return SOURCES; }
