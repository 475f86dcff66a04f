/* What is left for the light when the populations are eliminated, as `_Light` of
   `steady/linearised` has it: a full system for the modes, or for two sums of each class. */

static vec coefficient(const Block *b, const double *shared, const vec *lanes, int64_t place) {
    return b->of->own ? lanes[place] : same(shared[place]);
}

/* Modes whose products go together: those of SIDE rows stay in the nearest memory. */
#define STRIP 32
/* Classes whose products go side by side with SIDE rows. */
#define PAIR 2

/* out[k n + j] += sum over modes of rows[k, m] coefficients[j, m], for SIDE rows and
   `pair` classes. */
#define PRODUCTS(name, T)                                                                          \
    static inline __attribute__((always_inline)) void name(                                        \
        const vec *rows, const T *coefficients, int64_t modes, int64_t strip, int pair,            \
        int64_t n, vec *out) {                                                                     \
        vec sum[SIDE][PAIR];                                                                       \
        for (int k = 0; k < SIDE; k++)                                                             \
            for (int j = 0; j < pair; j++) sum[k][j] = out[k * n + j];                             \
        for (int64_t m = 0; m < strip; m++)                                                        \
            for (int j = 0; j < pair; j++)                                                         \
                for (int k = 0; k < SIDE; k++)                                                     \
                    sum[k][j] += rows[k * STRIP + m] * coefficients[j * modes + m];                \
        for (int k = 0; k < SIDE; k++)                                                             \
            for (int j = 0; j < pair; j++) out[k * n + j] = sum[k][j];                             \
    }
PRODUCTS(products_of_shared, double)
PRODUCTS(products_of_own, vec)

/* Of SIDE rows with the classes from `c` on. */
static void row_products(const Block *b, const vec *rows, const double *shared, const vec *lanes,
                         int64_t from, int64_t strip, int64_t c, vec *out) {
    int64_t n = b->of->classes, modes = b->of->modes;
    for (; c + PAIR <= n; c += PAIR)
        if (b->of->own) products_of_own(rows, lanes + c * modes + from, modes, strip, PAIR, n, out + c);
        else products_of_shared(rows, shared + c * modes + from, modes, strip, PAIR, n, out + c);
    for (; c < n; c++)
        if (b->of->own) products_of_own(rows, lanes + c * modes + from, modes, strip, 1, n, out + c);
        else products_of_shared(rows, shared + c * modes + from, modes, strip, 1, n, out + c);
}

/* Of the rows of emission (`absorbing` 0) or absorption, the sums over modes of acting light with
   emission, and of acting photons with absorption, both over `own`. What is symmetric is summed
   from the diagonal on. */
static void summed_products(Block *b, int absorbing, vec *gained, vec *lost) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes;
    const vec *photons = b->state + b->populations;
    const double *shared = absorbing ? e->up : e->down;
    const vec *own = absorbing ? b->own_up : b->own_down;
    vec lit[SIDE * STRIP], dimmed[SIDE * STRIP];
    for (int64_t i = 0; i < (n + SIDE - 1) / SIDE * SIDE * n; i++) gained[i] = lost[i] = same(0.0);
    for (int64_t from = 0; from < modes; from += STRIP) {
        int64_t strip = modes - from < STRIP ? modes - from : STRIP;
        for (int64_t i = 0; i < n; i += SIDE) {
            for (int k = 0; k < SIDE; k++)
                for (int64_t m = 0; m < strip; m++) {
                    /* rows beyond the last stand again, and are not read */
                    int64_t place = (i + k < n ? i + k : n - 1) * modes + from + m;
                    vec acting = coefficient(b, shared, own, place);
                    lit[k * STRIP + m] = acting * b->light[from + m];
                    dimmed[k * STRIP + m] = acting * (photons[from + m] / b->own[from + m]);
                }
            int64_t emitting = absorbing ? 0 : i, taking = absorbing ? i : 0;
            row_products(b, lit, e->down, b->own_down, from, strip, emitting, gained + i * n);
            row_products(b, dimmed, e->up, b->own_up, from, strip, taking, lost + i * n);
        }
    }
    vec *symmetric = absorbing ? lost : gained;
    for (int64_t i = 1; i < n; i++)
        for (int64_t c = 0; c < i; c++) symmetric[i * n + c] = symmetric[c * n + i];
}

static void row_kept(Block *b, int64_t i, const vec *row) {
    int64_t size = b->size;
    for (int l = 0; l < LANES; l++)
        for (int64_t j = 0; j < size; j++) b->matrix[(l * size + i) * size + j] = row[j][l];
}

/* An equation for each mode of standing waves. */
static void light_by_patterns(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes, size = e->patterns;
    const vec *photons = b->state + b->populations;
    vec *row = b->felt, *by_down = b->acted, *by_up = by_down + size;
    for (int64_t i = 0; i < 4 * n; i++) b->response[i] *= e->weight[i % n];
    transformed_runs(e, b->response, 4);
    for (int64_t i = 0; i < modes; i++) {
        int64_t own = e->row[i];
        double contrast = contrast_of(own);
        for (int64_t j = 0; j < modes; j++) row[j] = same(0.0);
        for (int64_t g = 0; g < n / size; g++) {
            const vec *down = b->own_down + g * modes, *up = b->own_up + g * modes;
            const vec *sums = b->response + first_of(e, g);
            vec gain = b->gaining[i] * down[i], lost = photons[i] * up[i];
            for (int64_t r = 0; r < size; r++) {
                const vec *at = sums + r * e->inner;
                by_down[r] = lost * at[n] - gain * at[0];
                by_up[r] = lost * at[3 * n] - gain * at[2 * n];
            }
            vec first = by_down[0] + contrast * by_down[own];
            vec second = by_up[0] + contrast * by_up[own];
            for (int64_t j = 0; j < modes; j++) {
                int64_t other = e->row[j], both = own ^ other;
                double share = contrast_of(other);
                vec a = first + share * (by_down[other] + contrast * by_down[both]);
                vec d = second + share * (by_up[other] + contrast * by_up[both]);
                row[j] += down[j] * a + up[j] * d;
            }
        }
        row[i] += b->own[i];
        row_kept(b, i, row);
    }
}

/* Two equations for each class, as `_LightByClasses` has them. */
static void light_by_classes(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes;
    vec *row = b->acted;
    for (int64_t m = 0; m < e->modes; m++) b->light[m] = b->gaining[m] / b->own[m];
    for (int absorbing = 0; absorbing < 2; absorbing++) {
        vec *gained = b->gained, *lost = b->lost;
        summed_products(b, absorbing, gained, lost);
        for (int64_t i = 0; i < n; i++, gained += n, lost += n) {
            for (int64_t c = 0; c < n; c++) {
                vec more = e->weight[c] * gained[c], less = e->weight[c] * lost[c];
                row[c] = less * b->response[n + c] - more * b->response[c];
                row[n + c] = less * b->response[3 * n + c] - more * b->response[2 * n + c];
            }
            row[absorbing * n + i] += 1.0;
            row_kept(b, absorbing * n + i, row);
        }
    }
}

/* An equation for each mode, as `_LightByModes` has them. */
static void light_by_modes(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes;
    const vec *photons = b->state + b->populations;
    vec *feeling = b->acted, *row = b->felt;
    for (int64_t i = 0; i < modes; i++) {
        for (int64_t j = 0; j < modes; j++) row[j] = same(0.0);
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
        row_kept(b, i, row);
    }
}

/* Rows that go together. */
#define ROWS 4

/* out[k modes + j] -= sum over classes of feeling[k n + c] acting[c, j], for `rows` rows and
   `pair` modes from j on. */
static inline __attribute__((always_inline)) void fed_back(const vec *feeling, const vec *acting,
                                                           int64_t n, int64_t modes, int rows,
                                                           int pair, vec *out) {
    vec sum[ROWS][PAIR];
    for (int k = 0; k < rows; k++)
        for (int j = 0; j < pair; j++) sum[k][j] = same(0.0);
    for (int64_t c = 0; c < n; c++)
        for (int j = 0; j < pair; j++)
            for (int k = 0; k < rows; k++) sum[k][j] += feeling[k * n + c] * acting[c * modes + j];
    for (int k = 0; k < rows; k++)
        for (int j = 0; j < pair; j++) out[k * modes + j] = sum[k][j];
}

/* The same where a class has one excitation or density to give: light that it emits into and light
   that it absorbs move its populations alike, and half of the products are left. */
static void light_by_modes_of_pairs(Block *b) {
    const Equations *e = b->of;
    int64_t n = e->classes, modes = e->modes;
    const vec *photons = b->state + b->populations;
    vec *acting = b->gained, *feeling = b->lost, *out = b->light_rows;
    for (int64_t c = 0; c < n; c++) {
        vec emitted = b->by_emission[n + c], absorbed = b->by_absorption[n + c];
        for (int64_t m = 0; m < modes; m++)
            acting[c * modes + m] = coefficient(b, e->down, b->own_down, c * modes + m) * emitted
                                    + coefficient(b, e->up, b->own_up, c * modes + m) * absorbed;
    }
    for (int64_t first = 0; first < modes; first += ROWS) {
        for (int k = 0; k < ROWS; k++) {
            /* rows beyond the last stand again, and are not read */
            int64_t i = first + k < modes ? first + k : modes - 1, j = 0;
            for (int64_t c = 0; c < n; c++) {
                vec down = coefficient(b, e->down, b->own_down, c * modes + i);
                vec up = coefficient(b, e->up, b->own_up, c * modes + i);
                feeling[k * n + c] = e->weight[c] * (photons[i] * up * b->per_absorbs[c]
                                                     - b->gaining[i] * down * b->per_emits[c]);
            }
            if (k + 1 < ROWS) continue;
            for (; j + PAIR <= modes; j += PAIR)
                fed_back(feeling, acting + j, n, modes, ROWS, PAIR, out + j);
            for (; j < modes; j++) fed_back(feeling, acting + j, n, modes, ROWS, 1, out + j);
        }
        for (int64_t i = first; i < first + ROWS && i < modes; i++) {
            out[(i - first) * modes + i] += b->own[i];
            row_kept(b, i, out + (i - first) * modes);
        }
    }
}

/* What is left for the light when the populations are eliminated, made ready to be solved. */
static void light_factorised(Block *b) {
    int64_t n = b->of->classes, modes = b->of->modes, many = 2 * n < modes && !b->of->patterns;
    b->size = many ? 2 * n : modes;
    if (b->of->patterns) light_by_patterns(b);
    else if (many) light_by_classes(b);
    else if (b->of->rungs == 2) light_by_modes_of_pairs(b);
    else light_by_modes(b);
    for (int l = 0; l < LANES; l++)
        lu(b->matrix + l * b->size * b->size, b->size, b->pivots + l * b->size);
}
