#include "hold.h"

#include "sim/queue.h"
#include "sim/sim.h"

static hold h;

static void on_event(ns_sim *sim, ns_event *event)
{
    if (!hold_count(&h, event->time)) {
        ns_sim_stop(sim);
        return;
    }
    ns_sim_after(sim, event, hold_delay(&h), NS_CLASS_DEVICE);
}

static int run(ns_event *events, size_t count)
{
    ns_sim *sim;
    if (ns_sim_new(&sim, NULL, NULL) != NS_OK)
        return 1;
    for (size_t i = 0; i < count; i++) {
        ns_event_init(&events[i], on_event, NULL);
        ns_sim_after(sim, &events[i], hold_delay(&h), NS_CLASS_DEVICE);
    }
    ns_sim_run(sim, NS_NEVER - 1);
    ns_sim_free(sim);
    return 0;
}

static int queue(ns_event *events, size_t count)
{
    static ns_queue q;
    if (ns_queue_init(&q, NULL) != NS_OK)
        return 1;
    uint64_t seq = 0;
    for (size_t i = 0; i < count; i++) {
        events[i].time = hold_delay(&h);
        events[i].order = seq++;
        ns_queue_push(&q, &events[i]);
    }
    for (;;) {
        ns_event *event = ns_queue_pop(&q, NS_NEVER - 1);
        if (!hold_count(&h, event->time))
            break;
        event->time += hold_delay(&h);
        event->order = seq++;
        ns_queue_push(&q, event);
    }
    ns_queue_free(&q);
    return 0;
}

int main(int argc, char **argv)
{
    hold_init(&h, argc, argv);
    uint64_t holds = h.left - h.warm;
    size_t count = strtoull(argv[3], NULL, 10);
    ns_event *events = calloc(count, sizeof *events);
    int failed = !events || (strcmp(argv[1], "run") == 0 ? run : queue)(events, count) != 0;
    if (!failed)
        hold_print(&h, holds);
    free(events);
    return failed;
}
