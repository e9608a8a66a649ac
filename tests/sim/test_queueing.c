// Queues on the bare event core against queueing theory. The mean wait over independent
// replications must have the theory's value within its confidence interval, and that interval must
// be narrow. A wrong order, clock, stream or distribution shifts the mean far beyond it.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "sim/dist.h"
#include "sim/sim.h"
#include "sim/stats.h"

enum { MAX_SERVERS = 16, CUSTOMERS = 30000, WARM_UP = 3000, REPLICATIONS = 40 };

typedef struct customer {
    ns_event done;
    ns_list waiting;
    uint64_t id;
    ns_time arrived;
} customer;

typedef struct station {
    ns_sim *sim;
    const ns_dist *gap, *service;
    ns_stream gaps, services;
    int servers, busy;
    ns_list queue;
    ns_event arrival;
    customer *customers;
    uint64_t arrivals;
    double queued;
    ns_gauge length; // of the queue, after the warm-up
    ns_moments wait;
} station;

static ns_time draw(const ns_dist *dist, ns_stream stream, uint64_t operation)
{
    ns_draw d = ns_stream_op(stream, operation);
    return (ns_time)(ns_dist_draw(dist, &d) + 0.5);
}

static void count_queue(station *s, double change)
{
    s->queued += change;
    if (s->arrivals > WARM_UP)
        ns_gauge_set(&s->length, ns_sim_now(s->sim), s->queued);
}

static void serve(station *s, customer *c)
{
    s->busy++;
    if (c->id >= WARM_UP)
        ns_moments_add(&s->wait, (double)(ns_sim_now(s->sim) - c->arrived));
    ns_sim_after(s->sim, &c->done, draw(s->service, s->services, c->id), NS_CLASS_CPU);
}

static void on_done(ns_sim *sim, ns_event *event)
{
    station *s = event->data;
    s->busy--;
    ns_list *next = ns_list_pop(&s->queue);
    if (next) {
        count_queue(s, -1);
        serve(s, ns_list_entry(next, customer, waiting));
    }
}

static void on_arrival(ns_sim *sim, ns_event *event)
{
    station *s = event->data;
    customer *c = &s->customers[s->arrivals];
    *c = (customer){.id = s->arrivals++, .arrived = ns_sim_now(sim)};
    ns_event_init(&c->done, on_done, s);
    if (s->busy < s->servers) {
        serve(s, c);
    } else {
        ns_list_push_back(&s->queue, &c->waiting);
        count_queue(s, 1);
    }
    if (s->arrivals < CUSTOMERS)
        ns_sim_after(sim, event, draw(s->gap, s->gaps, s->arrivals), NS_CLASS_ARRIVAL);
    else
        ns_gauge_set(&s->length, ns_sim_now(sim), s->queued); // the end of the measured time
}

// One replication: its mean wait, and the mean length of the queue over time.
static double replicate(uint64_t seed, int servers, const ns_dist *gap, const ns_dist *service,
                        double *length)
{
    ns_sim_options options = {.seed = seed};
    station s = {.gap = gap, .service = service, .servers = servers};
    cr_assert(eq(int, ns_sim_new(&s.sim, &options, NULL), NS_OK));
    s.gaps = ns_stream_make(ns_sim_seed(s.sim), "source", "gap");
    s.services = ns_stream_make(ns_sim_seed(s.sim), "station", "service");
    s.customers = calloc(CUSTOMERS, sizeof *s.customers);
    ns_list_init(&s.queue);
    ns_event_init(&s.arrival, on_arrival, &s);
    ns_sim_after(s.sim, &s.arrival, draw(gap, s.gaps, 0), NS_CLASS_ARRIVAL);
    uint64_t events = ns_sim_run(s.sim, NS_NEVER - 1);
    cr_assert(eq(u64, events, 2 * CUSTOMERS));
    *length = s.length.area / (double)(s.length.since - s.length.start);
    ns_sim_free(s.sim);
    free(s.customers);
    return s.wait.mean;
}

// The scale of times: the mean gap between arrivals, in ns.
static const double gap_mean = 1e6;

static void check(const char *name, uint64_t seed, int servers, const ns_dist *service,
                  double theory)
{
    ns_dist gap;
    ns_moments waits = {0}, lengths = {0};
    cr_assert(eq(int, ns_dist_exponential(&gap, gap_mean, NULL), NS_OK));
    for (uint64_t i = 0; i < REPLICATIONS; i++) {
        double length;
        ns_moments_add(&waits, replicate(seed * 1000 + i, servers, &gap, service, &length));
        ns_moments_add(&lengths, length);
    }
    double t999 = 3.558 / 2.0227; // quantiles 0.9995 and 0.975 of 39 degrees
    double half = ns_moments_ci95(&waits) * t999;
    if (getenv("NSIM_SHOW"))
        fprintf(stderr, "%-6s theory %9.1f mean %9.1f +- %8.1f  %s\n", name, theory, waits.mean,
                half, fabs(waits.mean - theory) < half / t999 ? "within 95%" : "OUTSIDE 95%");
    cr_assert(lt(dbl, half / theory, 0.08), "%s: the interval says little: +- %g of %g", name, half,
              theory);
    cr_assert(lt(dbl, fabs(waits.mean - theory), half), "%s: mean wait %g +- %g, in theory %g",
              name, waits.mean, half, theory);
    // Little's law: the queue's length is the wait over the gap between arrivals.
    double length_half = ns_moments_ci95(&lengths) * t999;
    cr_assert(lt(dbl, fabs(lengths.mean - theory / gap_mean), length_half),
              "%s: mean length %g +- %g, in theory %g", name, lengths.mean, length_half,
              theory / gap_mean);
}

// Erlang's C formula: the probability that an arrival finds c servers busy, at a load of a.
static double erlang_c(int c, double a)
{
    double b = 1;
    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b); // Erlang's B
    return b / (1 - a / c * (1 - b));
}

static uint64_t first_seed(void)
{
    const char *seed = getenv("NSIM_SEED"); // to look at other seeds by hand
    return seed ? strtoull(seed, NULL, 10) : 1;
}

static void check_m_m_c(const char *name, int servers, double utilization)
{
    ns_dist service;
    double mean = gap_mean * utilization * servers;
    cr_assert(eq(int, ns_dist_exponential(&service, mean, NULL), NS_OK));
    double theory = erlang_c(servers, utilization * servers) * mean / (servers * (1 - utilization));
    check(name, first_seed(), servers, &service, theory);
}

// Pollaczek and Khinchine: for Poisson arrivals and any service time S, W = E[S^2] / (2 g (1 - u)).
static void check_m_g_1(const char *name, const ns_dist *service, double scv)
{
    double mean = service->mean, square = mean * mean * (1 + scv);
    check(name, first_seed(), 1, service, square / (2 * gap_mean * (1 - mean / gap_mean)));
}

Test(queueing, m_m_1)
{
    cr_assert(lt(dbl, fabs(erlang_c(1, 0.7) - 0.7), 1e-12)); // known values of the formula
    cr_assert(lt(dbl, fabs(erlang_c(2, 1) - 1.0 / 3), 1e-12));
    check_m_m_c("M/M/1", 1, 0.5);
    check_m_m_c("M/M/1", 1, 0.75);
}

Test(queueing, m_m_c)
{
    check_m_m_c("M/M/2", 2, 0.75);
    check_m_m_c("M/M/4", 4, 0.8);
    check_m_m_c("M/M/16", 16, 0.75);
}

Test(queueing, m_d_1)
{
    ns_dist service;
    cr_assert(eq(int, ns_dist_constant(&service, 0.6 * gap_mean, NULL), NS_OK));
    check_m_g_1("M/D/1", &service, 0);
    cr_assert(eq(int, ns_dist_constant(&service, 0.8 * gap_mean, NULL), NS_OK));
    check_m_g_1("M/D/1", &service, 0);
}

Test(queueing, m_g_1)
{
    ns_dist service;
    double sigma = 0.8, load = 0.7;
    cr_assert(eq(int,
                 ns_dist_lognormal(&service, log(load * gap_mean) - sigma * sigma / 2, sigma, NULL),
                 NS_OK));
    check_m_g_1("M/LN/1", &service, expm1(sigma * sigma));
    cr_assert(eq(int, ns_dist_gamma(&service, 0.5, load * gap_mean / 0.5, NULL), NS_OK));
    check_m_g_1("M/Ga/1", &service, 2);
    cr_assert(eq(int, ns_dist_uniform(&service, 0, 2 * load * gap_mean, NULL), NS_OK));
    check_m_g_1("M/U/1", &service, 1.0 / 3);
    double shape = 6;
    cr_assert(eq(int, ns_dist_pareto(&service, load * gap_mean * (shape - 1) / shape, shape, NULL),
                 NS_OK));
    check_m_g_1("M/Pa/1", &service, 1 / (shape * (shape - 2)));
}
