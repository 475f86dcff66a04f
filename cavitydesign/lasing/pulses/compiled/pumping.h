/* Excitations that arrive while the pulses go on, as `rate_equations.Source` has them. */

/* Where a time lies in the table of the pump pulse: its interval, from the left. */
static int64_t interval(const Equations *e, double time) {
    int64_t low = 0, high = e->times - 1;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (e->at[middle] <= time) low = middle;
        else high = middle;
    }
    return low;
}

/* Arriving share of all excitations in a picosecond, and its change with time. */
static vec arriving(const Equations *e, vec time, vec *slope) {
    vec share = same(0.0);
    *slope = share;
    for (int l = 0; l < LANES; l++) {
        double last = e->at[e->times - 1];
        if (!(time[l] >= 0.0 && time[l] <= last)) continue;
        int64_t i = interval(e, time[l]);
        double along = (e->arriving[i + 1] - e->arriving[i]) / (e->at[i + 1] - e->at[i]);
        share[l] = along * (time[l] - e->at[i]) + e->arriving[i];
        if (time[l] < last) (*slope)[l] = along;
    }
    return share;
}

/* Adds to the change of the populations what a pump of that share in a picosecond does to them;
   returns the sum of all its fluxes downwards, which counts as decay. */
static vec pumped(const Block *b, vec share, const vec *ladder, vec *change) {
    const Equations *e = b->of;
    int64_t n = e->classes;
    vec all = same(0.0);
    for (int64_t r = 0; r + 1 < e->rungs; r++)
        for (int64_t i = r * n; i < (r + 1) * n; i++) {
            vec lift = share * b->excitons[i - r * n];
            vec flux = e->unlimited ? -lift : -lift * ladder[i];
            if (r == 0 && e->backwards != 0.0) flux += e->backwards * lift * ladder[i + n];
            change[i] += flux, change[i + n] -= flux;
            all += e->weight[i - r * n] * flux;
        }
    return all;
}
