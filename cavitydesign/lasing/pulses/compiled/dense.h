/* Full systems of equations, one for each lane. */

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
