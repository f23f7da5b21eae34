/* SPDX-License-Identifier: MIT */
/* Bracketing, bisection and probing, each step decided anew from what is measured. */
#include "sweep/tune.h"

#include <string.h>

#include "base/check.h"
#include "base/fixed.h"

/* The i-th point towards the good side: upwards, or downwards where the largest is wanted. */
static const struct tune_point *point_at(const struct tune *tune, size_t i)
{
    return &tune->points.items[tune->largest ? tune->points.count - 1 - i : i];
}

/* Index as in point_at() of the first point from which on the goal is met; count: of none. */
static size_t edge_of(const struct tune *tune)
{
    size_t edge = tune->points.count;

    while (edge > 0 && point_at(tune, edge - 1)->met)
        edge--;
    return edge;
}

/* Where the value stands, or would stand, in ascending order. */
static size_t place_of(const struct tune *tune, uint64_t value)
{
    size_t place = 0;

    while (place < tune->points.count && tune->points.items[place].value < value)
        place++;
    return place;
}

static bool is_measured(const struct tune *tune, uint64_t value)
{
    size_t place = place_of(tune, value);

    return place < tune->points.count && tune->points.items[place].value == value;
}

/* One step outwards from a value that is not the end of the range. */
static uint64_t outwards(const struct tune *tune, uint64_t value, bool up)
{
    if (!up)
        return value / 2 > tune->low ? value / 2 : tune->low;
    value = value > 0 ? value * 2 : 1;
    return value < tune->high ? value : tune->high;
}

/* The next step of bracketing or bisection; false: the edge is settled. */
static bool next_at_edge(const struct tune *tune, uint64_t *ret_value)
{
    size_t count = tune->points.count;
    size_t edge = edge_of(tune);
    uint64_t good_end = tune->largest ? tune->low : tune->high;
    uint64_t bad_end = tune->largest ? tune->high : tune->low;
    uint64_t a, b;

    if (count == 0) {
        *ret_value = tune->start;
        return true;
    }
    if (edge == count || edge == 0) {
        bool up = (edge == count) != tune->largest;
        uint64_t outermost = point_at(tune, edge == count ? count - 1 : 0)->value;

        if (outermost == (edge == count ? good_end : bad_end))
            return false;
        *ret_value = outwards(tune, outermost, up);
        return true;
    }
    a = point_at(tune, edge - 1)->value;
    b = point_at(tune, edge)->value;
    if (a + 1 == b || b + 1 == a)
        return false;
    *ret_value = (a + b) / 2;
    return true;
}

/* The geometric middle of the widest gap, by the ratio of its ends; 0 counts as 1, and so on. */
static bool widest_gap(const struct tune *tune, uint64_t *ret_value)
{
    uint64_t widest_a = 0, widest_b = 0;

    for (size_t i = 1; i < tune->points.count; i++) {
        uint64_t a = tune->points.items[i - 1].value + 1;
        uint64_t b = tune->points.items[i].value + 1;

        if (b - a < 2 || (widest_a > 0 && b * widest_a <= widest_b * a))
            continue;
        widest_a = a;
        widest_b = b;
    }
    if (widest_a == 0)
        return false;
    *ret_value = fixed_sqrt(widest_a * widest_b) - 1;
    if (*ret_value < widest_a)
        *ret_value = widest_a;
    return true;
}

static bool next_probe(const struct tune *tune, uint64_t *ret_value)
{
    uint64_t candidates[4];
    unsigned count = 0;
    uint64_t answer;

    if (tune->probes == 0)
        return false;
    if (tune_answer(tune, &answer)) {
        if (answer < tune->high)
            candidates[count++] = answer + 1;
        if (answer > tune->low)
            candidates[count++] = answer - 1;
    }
    candidates[count++] = tune->low;
    candidates[count++] = tune->high;
    for (unsigned i = 0; i < count; i++) {
        if (is_measured(tune, candidates[i]))
            continue;
        *ret_value = candidates[i];
        return true;
    }
    return widest_gap(tune, ret_value);
}

bool tune_init(struct tune *tune, uint64_t low, uint64_t high, uint64_t start, bool largest,
               unsigned probes, struct sim_error *err)
{
    if (low > high || high > TUNE_VALUE_MAX)
        return sim_error_set(err, ERR_TUNE_RANGE, "no range to search in: %llu..%llu",
                             (unsigned long long)low, (unsigned long long)high);
    *tune = (struct tune){.low = low, .high = high, .largest = largest, .probes = probes};
    tune->start = start < low ? low : start > high ? high : start;
    return true;
}

void tune_fini(struct tune *tune)
{
    vec_fini(&tune->points);
}

bool tune_next(const struct tune *tune, uint64_t *ret_value)
{
    return next_at_edge(tune, ret_value) || next_probe(tune, ret_value);
}

bool tune_add(struct tune *tune, uint64_t value, bool met, struct sim_error *err)
{
    size_t place = place_of(tune, value);
    uint64_t next;
    bool probing = !next_at_edge(tune, &next);
    struct tune_point *items;

    SIM_ASSERT(value >= tune->low && value <= tune->high && !is_measured(tune, value));
    if (!vec_reserve(&tune->points, tune->points.count + 1))
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the values");
    items = tune->points.items;
    memmove(&items[place + 1], &items[place], (tune->points.count - place) * sizeof(items[0]));
    items[place] = (struct tune_point){value, met};
    tune->points.count++;
    if (probing && tune->probes > 0)
        tune->probes--;
    return true;
}

bool tune_answer(const struct tune *tune, uint64_t *ret_value)
{
    size_t edge = edge_of(tune);

    if (edge == tune->points.count)
        return false;
    *ret_value = point_at(tune, edge)->value;
    return true;
}

bool tune_is_monotonic(const struct tune *tune, uint64_t *ret_met, uint64_t *ret_missed)
{
    for (size_t i = tune->points.count; i > 1; i--) {
        const struct tune_point *before = point_at(tune, i - 2);
        const struct tune_point *after = point_at(tune, i - 1);

        if (!before->met || after->met)
            continue;
        *ret_met = before->value;
        *ret_missed = after->value;
        return false;
    }
    return true;
}
