/* SPDX-License-Identifier: MIT */
/*
 * vector - four-vectors (e; x, y, z) with metric (+, -, -, -), MeV, and the boost between the kaon and the laboratory.
 */
#ifndef PHYSICS_VECTOR_H
#define PHYSICS_VECTOR_H

#include <math.h>

struct four {
    double e, x, y, z;
};

static inline double four_dot(struct four a, struct four b)
{
    return a.e * b.e - a.x * b.x - a.y * b.y - a.z * b.z;
}

static inline struct four four_add(struct four a, struct four b)
{
    return (struct four){a.e + b.e, a.x + b.x, a.y + b.y, a.z + b.z};
}

static inline struct four four_subtract(struct four a, struct four b)
{
    return (struct four){a.e - b.e, a.x - b.x, a.y - b.y, a.z - b.z};
}

static inline struct four four_scale(double factor, struct four a)
{
    return (struct four){factor * a.e, factor * a.x, factor * a.y, factor * a.z};
}

/* x a + y b. */
static inline struct four four_combine(double x, struct four a, double y, struct four b)
{
    return (struct four){x * a.e + y * b.e, x * a.x + y * b.x, x * a.y + y * b.y, x * a.z + y * b.z};
}

static inline double four_momentum2(struct four a)
{
    return a.x * a.x + a.y * a.y + a.z * a.z;
}

/* The particle of mass `mass` and momentum (x, y, z). */
static inline struct four four_on_shell(double mass, double x, double y, double z)
{
    return (struct four){sqrt(mass * mass + x * x + y * y + z * z), x, y, z};
}

/* `a`, given in the rest frame of `frame`, as seen where `frame` has the momentum it has; `mass` = |frame| > 0. */
static inline struct four four_boost(struct four a, struct four frame, double mass)
{
    double energy = (a.e * frame.e + a.x * frame.x + a.y * frame.y + a.z * frame.z) / mass;
    double along = (a.e + energy) / (mass + frame.e);
    return (struct four){energy, a.x + along * frame.x, a.y + along * frame.y, a.z + along * frame.z};
}

/* A rotation as nine numbers, row by row. */
struct rotation {
    double row[3][3];
};

static inline struct four four_rotate(struct four a, const struct rotation *rotation)
{
    const double(*r)[3] = rotation->row;
    return (struct four){a.e, r[0][0] * a.x + r[0][1] * a.y + r[0][2] * a.z,
                         r[1][0] * a.x + r[1][1] * a.y + r[1][2] * a.z, r[2][0] * a.x + r[2][1] * a.y + r[2][2] * a.z};
}

#endif
