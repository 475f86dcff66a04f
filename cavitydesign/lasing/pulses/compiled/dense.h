/* Full systems of equations, one for each lane. */

#define DOTS 8

/* Columns that are eliminated together: a row is read and written once for all of them. */
#define PANEL 8

/* row[j] -= sum of row[first + k] times rows `first` + k, k < count, for j from `from` on. */
static inline __attribute__((always_inline)) void eliminated(double *row, const double *above,
                                                             int count, int64_t first,
                                                             int64_t from, int64_t n) {
    double factor[PANEL];
    for (int k = 0; k < count; k++) factor[k] = row[first + k];
    for (int64_t j = from; j < n; j++) {
        double left = row[j];
        for (int k = 0; k < count; k++) left -= factor[k] * above[k * n + j];
        row[j] = left;
    }
}

/* A matrix into L U with partial pivoting. */
static void lu(double *a, int64_t n, int64_t *pivots) {
    for (int64_t first = 0; first < n; first += PANEL) {
        int64_t end = first + PANEL < n ? first + PANEL : n;
        for (int64_t k = first; k < end; k++) {
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
                for (int64_t j = k + 1; j < end; j++) a[i * n + j] -= factor * a[k * n + j];
            }
        }
        const double *above = a + first * n;
        for (int64_t i = first + 1; i < end; i++)
            eliminated(a + i * n, above, (int)(i - first), first, end, n);
        if (end - first == PANEL)
            for (int64_t i = end; i < n; i++)
                eliminated(a + i * n, above, PANEL, first, end, n);
    }
}

/* Sum of products: sums side by side, one of which waits four cycles for each of its additions. */
static double product(const double *a, const double *x, int64_t count) {
    double sum[DOTS] = {0.0}, rest = 0.0;
    int64_t j = 0;
    for (; j + DOTS <= count; j += DOTS)
        for (int k = 0; k < DOTS; k++) sum[k] += a[j + k] * x[j + k];
    for (; j < count; j++) rest += a[j] * x[j];
    for (int k = 0; k < DOTS; k++) rest += sum[k];
    return rest;
}

/* Solution for one lane of a right side, in place; `room` for as many numbers. */
static void lu_solved(const double *a, int64_t n, const int64_t *pivots, vec *x, int l,
                      double *room) {
    for (int64_t k = 0; k < n; k++) room[k] = x[k][l];
    for (int64_t k = 0; k < n; k++) {
        double kept = room[k];
        room[k] = room[pivots[k]], room[pivots[k]] = kept;
    }
    for (int64_t i = 1; i < n; i++) room[i] -= product(a + i * n, room, i);
    for (int64_t i = n - 1; i >= 0; i--) {
        room[i] -= product(a + i * n + i + 1, room + i + 1, n - i - 1);
        room[i] *= a[i * n + i];
    }
    for (int64_t k = 0; k < n; k++) x[k][l] = room[k];
}
