# The notebooks, executed on data made anew; each checks what its text says (notebooks/run).
foreach(name anatomy-of-a-p99 gc-tuning pool-size)
  add_test(NAME notebooks/${name} COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/notebooks/run --nsim $<TARGET_FILE:nsim> ${name})
  set_tests_properties(notebooks/${name} PROPERTIES LABELS notebooks TIMEOUT 600)
endforeach()
