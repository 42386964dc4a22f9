/* SPDX-License-Identifier: MIT */
/*
 * frontend - an example of a front-end: two bursts of 50,000 candidates that do not change, then the end.
 *
 *   cc frontend.c -lhnlmon-frontend -lzmq -lsodium -o frontend && ./frontend tcp://127.0.0.1:4510 7
 */
#include <hnlmon/frontend.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BURSTS 2
#define CANDIDATES 50000
#define SERVE_EVERY 1000 /* candidates */
#define PATIENCE_S 60
#define Q13(mev) ((int32_t)((mev)*8192.0 + 0.5))

static uint64_t unix_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A kaon of 75 GeV/c, a pi0 and a positron, as they come from the reconstruction. */
static struct candidate reconstruct(uint32_t number)
{
    return (struct candidate){.k = {0, 0, Q13(75000)},
                              .pi0 = {Q13(100), Q13(20), Q13(32000)},
                              .e = {Q13(-80), Q13(-10), Q13(25000)},
                              .time = number * 1000,
                              .flags = number % 150 == 0 ? FLAG_KEPT : 0,
                              .vertex_z = 140000,
                              .m_gg = Q13(134.977),
                              .e_over_p = 1024};
}

static bool send_burst(struct frontend *frontend, uint32_t burst)
{
    const struct frontend_counts counts = {.generated = 40 * CANDIDATES,
                                           .kept = 40 * CANDIDATES / 150,
                                           .downscaling = 150,
                                           .intensity = 1.0,
                                           .live_ppm = 1000000};
    bool is_good = frontend_begin_burst(frontend, burst, unix_ns(), 1);
    for (uint32_t i = 0; i < CANDIDATES && is_good; i++) {
        struct candidate candidate = reconstruct(i);
        is_good = frontend_add(frontend, &candidate);
        if (i % SERVE_EVERY == 0)
            frontend_serve(frontend, 0);
    }
    return is_good && frontend_end_burst(frontend, unix_ns(), &counts);
}

int main(int argc, char **argv)
{
    const char *error;
    const struct frontend_config config = {.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:4510",
                                           .source = argc > 2 ? (uint32_t)atoi(argv[2]) : 1,
                                           .name = "example"};
    struct frontend *frontend = frontend_create(&config, &error);
    if (!frontend) {
        fprintf(stderr, "frontend: %s\n", error);
        return 1;
    }
    bool is_good = frontend_begin_run(frontend, 1, unix_ns(), ORIGIN_SIMULATION, "an example");
    for (uint32_t burst = 1; burst <= BURSTS && is_good; burst++)
        is_good = send_burst(frontend, burst);
    is_good = is_good && frontend_end_run(frontend, unix_ns());
    for (time_t end = time(NULL) + PATIENCE_S; is_good && !frontend_is_idle(frontend) && time(NULL) < end;)
        frontend_serve(frontend, 100);
    struct frontend_status status = frontend_status(frontend);
    printf("sent=%llu durable=%llu lost=%llu\n", (unsigned long long)status.next_seq - 1,
           (unsigned long long)status.durable_seq, (unsigned long long)status.lost);
    is_good = is_good && frontend_is_idle(frontend);
    frontend_destroy(frontend);
    return is_good ? 0 : 1;
}
