/* SPDX-License-Identifier: MIT */
/*
 * simulator - the whole in one process, on a clock of its own: front-ends, the wire between, the daemon's core and its
 * disk, and everything that can go wrong with them, as one number says.
 *
 *   simulator [--seed S] [--count N] [--mistake NAME] [--verbose]
 *
 * Without a seed it is a test: some hundred seeds (thousands with HNLMON_FULL), and then daemons that are wrong on
 * purpose, each of which must be found out.
 */
#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "oracle.h"

#define QUICK_SEEDS 250u
#define FULL_SEEDS 8000u
#define MISTAKE_SEEDS 200u                           /* within which a mistake must be found out */
#define LONGEST_NS (INT64_C(180) * 1000 * NS_PER_MS) /* until everything is acknowledged, after the last fault */
#define TICK_NS (NS_PER_MS / 4)                      /* what is due within it happens at once */
#define MESSAGE_MAX 512u

static const char *const mistake_names[MISTAKE_COUNT] = {"none",    "early-ack",      "one-slot",
                                                         "no-sync", "forgotten-open", "lost-marks"};
static const char *const mistake_sentences[MISTAKE_COUNT] = {"",
                                                             "acknowledging what is only counted is found out",
                                                             "a checkpoint in one slot is found out",
                                                             "a checkpoint that is not synced is found out",
                                                             "a restart that does not keep bursts open is found out",
                                                             "a Lost that goes over marks is found out"};

/* Everything of a seed. */
static struct world world;
static struct plan plan;
static struct wire_model wire;
static struct front_end front_ends[SOURCES_MAX];
static struct daemon_model daemon_model;

/* ---- the plan of a seed ---- */

static uint32_t draw_between(uint32_t least, uint32_t most)
{
    return least + (uint32_t)world_draw(&world, most - least + 1);
}

/* Now and then more bursts than the horizons hold, short ones. */
static void draw_plan(void)
{
    bool is_long = world_chance(&world, 40);
    plan = (struct plan){.sources = draw_between(1, SOURCES_MAX),
                         .runs = draw_between(2, is_long ? 3 : RUNS_MAX),
                         .batches = is_long ? 2 : draw_between(1, 8),
                         .pause_ns = (is_long ? 2 : draw_between(2, 40)) * NS_PER_MS,
                         .origin = world_chance(&world, 8) ? ORIGIN_DATA : ORIGIN_SIMULATION,
                         .preset = world_chance(&world, 2) ? SELECTION_PAPER : SELECTION_NA62,
                         .ring_bytes = world_chance(&world, 3) ? draw_between(48, 96) * 1024 : 1 << 20,
                         .max_batch = world_chance(&world, 4) ? 48 : BATCH_CANDIDATES_MAX,
                         .credit = draw_between(BATCH_MAX, 4096),
                         .fault_ns = draw_between(20, 500) * NS_PER_MS,
                         .checkpoint_ns = draw_between(5, 250) * NS_PER_MS};
    for (uint32_t run = 1; run <= plan.runs; run++)
        plan.bursts[run] = is_long ? draw_between(30, 60) : draw_between(1, 6);
}

/* ---- the parts together ---- */

static void to_daemon(void *context, uint32_t connection, const unsigned char *bytes, uint32_t size)
{
    (void)context;
    daemon_model_receive(&daemon_model, connection, bytes, size);
}

static void to_front_end(void *context, uint32_t owner, const unsigned char *bytes, uint32_t size)
{
    (void)context;
    front_end_receive(&front_ends[owner], bytes, size);
}

static void told(void *context, uint32_t owner)
{
    (void)context;
    front_end_told(&front_ends[owner]);
}

static void begin(uint64_t seed, enum mistake mistake)
{
    const struct wire_calls calls = {NULL, to_daemon, to_front_end, told};
    world_begin(&world, seed, mistake);
    draw_plan();
    wire_model_init(&wire, &world, &calls);
    daemon_model_init(&daemon_model, &world, &wire, &plan);
    for (uint32_t i = 0; i < plan.sources; i++)
        front_end_init(&front_ends[i], &world, &wire, &plan, i);
}

static void end(void)
{
    for (uint32_t i = 0; i < plan.sources; i++)
        front_end_fini(&front_ends[i]);
    daemon_model_fini(&daemon_model);
    wire_model_fini(&wire);
}

/* ---- faults ---- */

/* A stranger sends anything, or what looks like a frame. */
static void send_garbage(void)
{
    unsigned char bytes[MESSAGE_MAX];
    uint32_t size = (uint32_t)world_draw(&world, sizeof bytes);
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)world_draw(&world, 256);
    if (size > 1 && world_chance(&world, 2))
        bytes[0] = (unsigned char)(world_draw(&world, 10) << 3 | 2);
    wire_model_close(&wire, WIRE_STRANGER);
    wire_model_open(&wire, WIRE_STRANGER);
    world.totals.garbage += wire_model_send_up(&wire, WIRE_STRANGER, bytes, size);
}

static void do_harm(void)
{
    uint32_t source = (uint32_t)world_draw(&world, plan.sources);
    uint64_t what = world_draw(&world, 20);
    if (what < 6)
        wire_model_disturb(&wire, source);
    else if (what < 8)
        daemon_model_crash(&daemon_model, false);
    else if (what < 10)
        daemon_model_crash(&daemon_model, true);
    else if (what < 11)
        daemon_model_break_disk(&daemon_model);
    else if (what < 12)
        front_end_kill(&front_ends[source]);
    else if (what < 14)
        send_garbage();
    else
        daemon_model_order(&daemon_model);
    if (daemon_model.has_failed && world_chance(&world, 3)) /* somebody looks after it */
        daemon_model_crash(&daemon_model, world_chance(&world, 2));
}

/* The sources have said everything: the world is kind again. */
static void calm_down(void)
{
    world.is_calm = true;
    world_note(&world, "no more faults");
    power_cut_arm(daemon_model.cut, UINT64_MAX / 2);
    power_cut_fail_once(daemon_model.cut, UINT64_MAX / 2);
    if (daemon_model.has_failed)
        daemon_model_crash(&daemon_model, false);
}

/* ---- time ---- */

static bool are_done(void)
{
    for (uint32_t i = 0; i < plan.sources; i++)
        if (!front_ends[i].is_done)
            return false;
    return true;
}

static bool is_drained(void)
{
    bool is_idle = daemon_model_is_idle(&daemon_model);
    for (uint32_t i = 0; i < plan.sources && is_idle; i++)
        is_idle = front_end_is_idle(&front_ends[i]);
    return is_idle;
}

static int64_t step(void)
{
    wire_model_deliver(&wire);
    daemon_model_step(&daemon_model);
    int64_t wire_ns = wire_model_next_ns(&wire), next_ns = daemon_model_next_ns(&daemon_model);
    for (uint32_t i = 0; i < plan.sources; i++) {
        front_end_step(&front_ends[i]);
        int64_t due_ns = front_end_next_ns(&front_ends[i]);
        next_ns = due_ns < next_ns ? due_ns : next_ns;
    }
    return wire_ns < next_ns ? wire_ns : next_ns;
}

static void live(void)
{
    int64_t fault_ns = 0, end_ns = NEVER_NS;
    while (!world_has_failed(&world) && !(world.is_calm && is_drained())) {
        int64_t next_ns = step();
        if (!world.is_calm && are_done()) {
            calm_down();
            end_ns = world.now_ns + LONGEST_NS;
        }
        if (!world.is_calm && world.now_ns >= fault_ns) {
            if (fault_ns > 0)
                do_harm();
            fault_ns = world.now_ns + 1 + (int64_t)world_draw(&world, (uint64_t)plan.fault_ns);
        }
        if (!world.is_calm && fault_ns < next_ns)
            next_ns = fault_ns;
        world.now_ns = next_ns > world.now_ns + TICK_NS ? next_ns : world.now_ns + TICK_NS;
        if (world.now_ns > end_ns)
            world_fail(&world, "not everything is acknowledged in the end");
    }
}

/* True when everything was as it must be. */
static bool run(uint64_t seed, enum mistake mistake)
{
    begin(seed, mistake);
    live();
    if (!world_has_failed(&world))
        oracle_check(&world, &plan, front_ends, &daemon_model);
    end();
    return !world_has_failed(&world);
}

/* ---- many seeds ---- */

static struct totals all;

static void add_totals(void)
{
    uint64_t *sum = (uint64_t *)&all;
    const uint64_t *part = (const uint64_t *)&world.totals;
    for (size_t i = 0; i < sizeof all / sizeof *sum; i++)
        sum[i] += part[i];
}

/* Returns how many were as they must be: all, or those before the first that was not, which is reported. */
static uint64_t run_all(uint64_t seed, uint64_t count, enum mistake mistake)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!run(seed + i, mistake)) {
            world_report(&world);
            return i;
        }
        add_totals();
    }
    return count;
}

static void print_totals(uint64_t seeds)
{
    double seconds = (double)clock() / CLOCKS_PER_SEC;
    printf("# seeds=%" PRIu64 " candidates=%" PRIu64 " lost=%" PRIu64 " bursts=%" PRIu64 " checkpoints=%" PRIu64
           " kills=%" PRIu64 " power_cuts=%" PRIu64 " storage_errors=%" PRIu64 "\n",
           seeds, all.candidates, all.lost, all.bursts, all.checkpoints, all.kills, all.power_cuts, all.storage_errors);
    printf("# connections=%" PRIu64 " front_ends=%" PRIu64 " alarms=%" PRIu64 " orders=%" PRIu64 " garbage=%" PRIu64
           " seeds_per_minute=%.0f\n",
           all.connections, all.front_ends, all.alarms, all.orders, all.garbage,
           seconds > 0 ? (double)seeds * 60 / seconds : 0);
}

/* A failed assertion of what is simulated is a failure of the seed. */
static void on_abort(int number)
{
    (void)number;
    world_fail(&world, "an assertion failed");
    world_report(&world);
    _exit(1);
}

static bool is_found_out(enum mistake mistake, uint64_t seed)
{
    for (uint64_t i = 0; i < MISTAKE_SEEDS; i++) {
        if (run(seed + i, mistake))
            continue;
        printf("# seed %" PRIu64 " --mistake %s: %s\n", seed + i, mistake_names[mistake], world.failure);
        return true;
    }
    return false;
}

static int test(uint64_t seed)
{
    uint64_t count = test_is_full() ? FULL_SEEDS : QUICK_SEEDS;
    printf("1..%d\n", MISTAKE_COUNT);
    uint64_t good = run_all(seed, count, MISTAKE_NONE);
    bool is_good = good == count;
    print_totals(good);
    printf("%sok 1 - after all faults the account and every bit are those of an undisturbed monitor\n",
           is_good ? "" : "not ");
    for (enum mistake mistake = MISTAKE_NONE + 1; mistake < MISTAKE_COUNT; mistake++) {
        bool is_found = is_found_out(mistake, seed);
        is_good &= is_found;
        printf("%sok %d - %s\n", is_found ? "" : "not ", mistake + 1, mistake_sentences[mistake]);
    }
    return is_good ? 0 : 1;
}

static enum mistake mistake_by_name(const char *name)
{
    enum mistake mistake = MISTAKE_NONE;
    while (mistake < MISTAKE_COUNT && strcmp(name, mistake_names[mistake]) != 0)
        mistake++;
    return mistake;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"count", required_argument, NULL, 'c'},
                                            {"mistake", required_argument, NULL, 'm'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    const char *text = getenv("HNLMON_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 1, count = 1;
    enum mistake mistake = MISTAKE_NONE;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 's')
            seed = strtoull(optarg, NULL, 0);
        else if (option == 'c')
            count = strtoull(optarg, NULL, 0);
        else if (option == 'm')
            mistake = mistake_by_name(optarg);
        else if (option == 'v')
            world_is_verbose = true;
        else
            return 2;
    }
    signal(SIGABRT, on_abort);
    if (argc == 1)
        return test(seed);
    if (mistake == MISTAKE_COUNT || optind < argc)
        return 2;
    uint64_t good = run_all(seed, count, mistake);
    print_totals(good);
    return good == count ? 0 : 1;
}
