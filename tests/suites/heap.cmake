# Waits for threads that compile, wherever they are shown (heap/waits.py).
add_test(NAME heap/waits
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/waits.py $<TARGET_FILE:nsim>)
set_tests_properties(heap/waits PROPERTIES LABELS heap)
# Collections as the real node's (heap/compare.py).
if(NSIM_NODE)
  foreach(program young escape doubles merges arrays strings closures promises json classes buffers observers limit large
      survival registers constructed clones tagged)
    add_test(NAME heap/${program}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/compare.py $<TARGET_FILE:nsim> ${NSIM_NODE}
        ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/${program}.js)
    set_tests_properties(heap/${program} PROPERTIES LABELS heap)
  endforeach()
  add_test(NAME heap/builtins
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/builtins.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(heap/builtins PROPERTIES LABELS heap)
  add_test(NAME heap/safepoint
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/safepoint.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(heap/safepoint PROPERTIES LABELS heap)
  add_test(NAME heap/pages
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/pages.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(heap/pages PROPERTIES LABELS heap)
  add_test(NAME heap/faults
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/faults.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(heap/faults PROPERTIES LABELS heap)
  add_test(NAME heap/commits
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/commits.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(heap/commits PROPERTIES LABELS heap)
  foreach(program constructs tasks)
    add_test(NAME heap/${program}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/constructs.py $<TARGET_FILE:nsim> ${NSIM_NODE}
        ${CMAKE_CURRENT_SOURCE_DIR}/suites/heap/${program}.js)
    set_tests_properties(heap/${program} PROPERTIES LABELS heap)
  endforeach()
endif()
