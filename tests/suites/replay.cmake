# Traces and their replay.
file(GLOB replayed CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/workloads/*.yaml)
add_test(NAME replay/same COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/same.py
  $<TARGET_FILE:nsim> ${replayed} ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/timers.yaml
  ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/cycles.yaml)
add_test(NAME replay/node COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/same.py
  $<TARGET_FILE:nsim> --node ${NSIM_NODE_SOURCE_DIR} test-timers* test-*immediate* test-domain*)
set_tests_properties(replay/same replay/node PROPERTIES LABELS replay TIMEOUT 600)
# Full runs beside replays. Classes with a handful of requests are left out: compute's percentiles are single requests.
# What stands behind @ is a bar that is not met yet (docs/trace.md).
add_test(NAME replay/settings COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/login.yaml login,read
  node.threadpool=1 node.threadpool=2 machine.disk=hdd machine.cores=1 arrivals.read.rate=100)
# `auto` is what it is in a full run, also when the trace is of another size.
add_test(NAME replay/auto COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> "${CMAKE_SOURCE_DIR}/workloads/login.yaml;node.threadpool=1" login,read node.threadpool=auto)
# Where many threads wait for cores: compilations end later, and who comes first is chance: over 8 seeds the medians of
# read have a standard error of 1%.
add_test(NAME replay/tiers COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py --seeds 8
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/login.yaml login,read
  node.threadpool=8 node.threadpool=16 machine.cores=2)
add_test(NAME replay/heap COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/json-service.yaml gc,read
  "node.flags=[--max-semi-space-size=1]" "node.flags=[--max-semi-space-size=2]" "node.flags=[--max-semi-space-size=4]"
  "node.flags=[--min-semi-space-size=16]" "node.flags=[--max-semi-space-size=64]" "node.flags=[--single-threaded-gc]"
  machine.cores=1 machine.speed=0.5)
# The requests themselves, strictly, over 8 seeds. At 1 MB there are 1,010 scavenges for 1,007, and each pause is a part of some
# request: 4.4% of the 99th percentile of read. With two cores and one the replay's compilations wait for cores at other moments, and
# so do collections for them: 2.3% and 2.2%.
add_test(NAME replay/collections COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py --seeds 8
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/json-service.yaml list,read "node.flags=[--max-semi-space-size=1]@5"
  "node.flags=[--max-semi-space-size=2]" "node.flags=[--max-semi-space-size=4]" machine.cores=2@3 machine.cores=1@3)
# Five times as many requests and collections. (Of list there are few.)
add_test(NAME replay/longer COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> "${CMAKE_SOURCE_DIR}/workloads/json-service.yaml;arrivals.read.duration=20s;arrivals.list.duration=20s"
  gc,read "node.flags=[--max-semi-space-size=1]" "node.flags=[--max-semi-space-size=2]")
# Programs that only allocate: as many collections, and as long.
add_test(NAME replay/semi-space COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/semi-space.yaml gc "node.flags=[--max-semi-space-size=1]"
  "node.flags=[--max-semi-space-size=2]" "node.flags=[--max-semi-space-size=4]" "node.flags=[--max-semi-space-size=64]"
  "node.flags=[--min-semi-space-size=16]" "node.flags=[--single-threaded-gc]")
# Literals that V8 allocates in old space, and full collections. (At 2 MB V8 allocates young while it makes the code of
# a literal anew, the replay does not: one scavenge of 19 more, and at 1 MB two of 34. At 4 MB the run's only mark-compact
# comes just before its end; in the replay the heap is 2% smaller there, and the limit is not reached. With growth factor 4 one
# scavenge of eight comes behind the end.)
add_test(NAME replay/growing COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/growing-cache.yaml gc "node.flags=[--max-semi-space-size=1]@7"
  "node.flags=[--max-semi-space-size=2]@6" "node.flags=[--max-semi-space-size=4]@5" "node.flags=[--min-semi-space-size=16]"
  "node.flags=[--semi-space-growth-factor=4]@10"
  "node.flags=[--max-old-space-size=100]" "node.flags=[--initial-old-space-size=64]" "node.flags=[--single-threaded-gc]")
add_test(NAME replay/young COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/young-garbage.yaml gc "node.flags=[--min-semi-space-size=2]"
  "node.flags=[--min-semi-space-size=16]" "node.flags=[--single-threaded-gc]")
# Garbage that only collections find, at other times than the run. (At 16 MB there is one collection in both; the code of the
# only loop is entered 1 to 3 ms later in the replay: 2.5% of the length.)
add_test(NAME replay/cycles COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/cycles.yaml gc "node.flags=[--max-semi-space-size=1]"
  "node.flags=[--max-semi-space-size=2]" "node.flags=[--min-semi-space-size=2]" "node.flags=[--min-semi-space-size=4]"
  "node.flags=[--min-semi-space-size=16]@3")
# Whether one collection more comes moves the 99th percentiles of a run by 3%: over 8 seeds. On one core the
# median of `sliced`, whose latencies are multiples of a slice, lies between two peaks: 8.8% off. On two compilations
# come to main's core at other moments in the replay: 15 us of the 99th percentile of `sliced`, 11%.
add_test(NAME replay/timers COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py --seeds 8
  $<TARGET_FILE:nsim> ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/timers.yaml limited,retried,sliced
  node.threadpool=1 node.threadpool=8 machine.cores=2@12 machine.cores=1@9)
add_test(NAME replay/bad COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/bad.py
  $<TARGET_FILE:nsim> ${CMAKE_SOURCE_DIR}/workloads/mixed-pool.yaml)
# Requests beyond those of the trace.
add_test(NAME replay/drawn COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/settings.py
  $<TARGET_FILE:nsim> ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/queue.yaml task arrivals.task.rate=600
  arrivals.task.duration=40s)
set_tests_properties(replay/settings replay/auto replay/tiers replay/heap replay/collections replay/longer replay/semi-space replay/growing replay/young replay/cycles replay/timers replay/drawn replay/bad PROPERTIES LABELS replay)
