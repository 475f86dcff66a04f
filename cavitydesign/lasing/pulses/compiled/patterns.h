/* Standing waves: classes come in runs of `patterns` zones, `inner` in each zone, in which a mode has
   1 + CONTRAST sign of its mean intensity, by the signs of its row of Hadamard's matrix; row 0
   stands for no pattern. Sums over modes or over zones are then Walsh and Hadamard's transforms. */

#define CONTRAST 0.70710678118654752440 /* 1/sqrt(2), as `competition/patterns` has it */

static double contrast_of(int64_t row) { return row ? CONTRAST : 0.0; }

/* Where the classes of a group start: of one run, and one class of each of its zones. */
static int64_t first_of(const Equations *e, int64_t group) {
    return group / e->inner * e->inner * e->patterns + group % e->inner;
}

/* Sums by the signs of each row over a run, in place. */
static void transformed(vec *x, int64_t length, int64_t inner) {
    for (int64_t half = inner; half < length; half *= 2)
        for (int64_t from = 0; from < length; from += 2 * half)
            for (int64_t i = from; i < from + half; i++) {
                vec one = x[i], other = x[i + half];
                x[i] = one + other, x[i + half] = one - other;
            }
}

/* All runs of `count` values of every class. */
static void transformed_runs(const Equations *e, vec *x, int64_t count) {
    int64_t length = e->patterns * e->inner;
    for (int64_t from = 0; from < count * e->classes; from += length)
        transformed(x + from, length, e->inner);
}

/* out[c] = sum over modes of coefficients[c, m] x[m]. */
static void patterns_acted_on(const Block *b, const vec *x, const vec *coefficients, vec *out) {
    const Equations *e = b->of;
    int64_t modes = e->modes;
    for (int64_t c = 0; c < e->classes; c++) out[c] = same(0.0);
    for (int64_t g = 0; g < e->classes / e->patterns; g++, coefficients += modes) {
        vec *spectrum = out + first_of(e, g), sums[2] = {same(0.0), same(0.0)};
        for (int64_t m = 0; m < modes; m++) {
            vec lit = coefficients[m] * x[m];
            sums[m & 1] += lit;
            spectrum[e->row[m] * e->inner] += CONTRAST * lit;
        }
        /* whatever modes without a pattern have added */
        spectrum[0] = sums[0] + sums[1];
    }
    transformed_runs(e, out, 1);
}

/* out[m] += sum over classes of coefficients[c, m] y[c]; y is transformed. */
static void added_of_patterns(const Block *b, const vec *coefficients, vec *y, vec *out) {
    const Equations *e = b->of;
    int64_t modes = e->modes;
    transformed_runs(e, y, 1);
    for (int64_t g = 0; g < e->classes / e->patterns; g++, coefficients += modes) {
        const vec *sums = y + first_of(e, g);
        for (int64_t m = 0; m < modes; m++)
            out[m] += coefficients[m]
                      * (sums[0] + contrast_of(e->row[m]) * sums[e->row[m] * e->inner]);
    }
}
