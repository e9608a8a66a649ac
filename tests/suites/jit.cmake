# What the JIT model decides, beside what the real node says with --trace-opt and --trace-deopt.
if(NSIM_NODE)
  file(GLOB programs CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/*.js)
  foreach(program ${programs})
    get_filename_component(name ${program} NAME_WE)
    add_test(NAME jit/${name}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/compare.py $<TARGET_FILE:nsim>
        ${NSIM_NODE} ${program})
    set_tests_properties(jit/${name} PROPERTIES LABELS jit)
  endforeach()
endif()
# Bytecode that is not used any more.
if(NSIM_NODE)
  add_test(NAME jit/flush
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/flush/check.py $<TARGET_FILE:nsim> ${NSIM_NODE})
  set_tests_properties(jit/flush PROPERTIES LABELS jit)
endif()
# What is inlined, removed and made again, what is computed once, and why; what parsing costs; which code of on-stack
# replacement is kept.
if(NSIM_NODE)
  foreach(subject decisions elements folding parse osr)
    add_test(NAME jit/${subject}
      COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/${subject}/check.py $<TARGET_FILE:nsim>
        ${NSIM_NODE})
    set_tests_properties(jit/${subject} PROPERTIES LABELS jit)
  endforeach()
endif()
# How long TurboFan works on functions of different kinds.
add_test(NAME jit/effort
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/effort/check.py $<TARGET_FILE:nsim>)
set_tests_properties(jit/effort PROPERTIES LABELS jit)
# Each of V8's flags.
add_test(NAME jit/flags
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/suites/jit/flags/check.py $<TARGET_FILE:nsim>)
set_tests_properties(jit/flags PROPERTIES LABELS jit)
