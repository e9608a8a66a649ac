// The hold model on ns-3: its default scheduler (MapScheduler), bare or under Simulator::Run.
#include "hold.h"

#include "ns3/core-module.h"

static hold h;

static void on_event()
{
    if (!hold_count(&h, ns3::Simulator::Now().GetTimeStep())) {
        ns3::Simulator::Stop();
        return;
    }
    ns3::Simulator::Schedule(ns3::TimeStep(hold_delay(&h)), &on_event);
}

static void run(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        ns3::Simulator::Schedule(ns3::TimeStep(hold_delay(&h)), &on_event);
    ns3::Simulator::Run();
}

static void queue(uint64_t count)
{
    ns3::Ptr<ns3::Scheduler> scheduler = ns3::CreateObject<ns3::MapScheduler>();
    uint32_t uid = 0;
    for (uint64_t i = 0; i < count; i++)
        scheduler->Insert({nullptr, {(uint64_t)hold_delay(&h), uid++, 0}});
    for (;;) {
        ns3::Scheduler::Event event = scheduler->RemoveNext();
        if (!hold_count(&h, (int64_t)event.key.m_ts))
            break;
        event.key.m_ts += (uint64_t)hold_delay(&h);
        event.key.m_uid = uid++;
        scheduler->Insert(event);
    }
}

int main(int argc, char **argv)
{
    hold_init(&h, argc, argv);
    ns3::Time::SetResolution(ns3::Time::NS);
    uint64_t holds = h.left - h.warm, count = strtoull(argv[3], nullptr, 10);
    if (strcmp(argv[1], "run") == 0)
        run(count);
    else
        queue(count);
    hold_print(&h, holds);
    fflush(stdout);
    _Exit(0); // without giving back millions of events one by one
}
