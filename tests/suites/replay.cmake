# Traces and their replay.
file(GLOB replayed CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/workloads/*.yaml)
foreach(untraced cpu-loop emitter order read starvation) # timers, immediates: not yet
  list(REMOVE_ITEM replayed ${CMAKE_SOURCE_DIR}/workloads/${untraced}.yaml)
endforeach()
add_test(NAME replay/same COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/replay/same.py
  $<TARGET_FILE:nsim> ${replayed})
set_tests_properties(replay/same PROPERTIES LABELS replay)
