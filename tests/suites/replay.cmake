# Traces and their replay.
file(GLOB replayed CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/workloads/*.yaml)
foreach(untraced cpu-loop emitter order read starvation) # timers, immediates: not yet
  list(REMOVE_ITEM replayed ${CMAKE_SOURCE_DIR}/workloads/${untraced}.yaml)
endforeach()
add_test(NAME replay/same COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/same.py
  $<TARGET_FILE:nsim> ${replayed})
set_tests_properties(replay/same PROPERTIES LABELS replay)
# Full runs beside replays. Classes with a handful of requests are left out: compute's percentiles are single requests.
# What stands behind @ is a bar that is not met yet (docs/trace.md).
add_test(NAME replay/settings COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/login.yaml login,read
  node.threadpool=1 node.threadpool=2 node.threadpool=8@4 node.threadpool=16@10 machine.disk=hdd machine.cores=2@8
  arrivals.read.rate=100)
add_test(NAME replay/bad COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/bad.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/mixed-pool.yaml)
set_tests_properties(replay/settings replay/bad PROPERTIES LABELS replay)
