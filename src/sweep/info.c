#include "sweep/info.h"

ns_run_info ns_run_info_of(const ns_workload *workload)
{
    return (ns_run_info){
        .workload = workload->name,
        .config_json = workload->config_json,
        .profile = workload->machine.profile_name,
        .hash = workload->hash,
        .seed = workload->seed,
        .status = "incomplete",
        .cores = workload->machine.cores,
    };
}
