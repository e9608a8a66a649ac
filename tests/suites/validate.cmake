# tools/validate: its parser and its scores, the parser beside the real node, and the programs' output.
add_test(NAME validate/unit
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/validate/test_validation.py)
add_test(NAME validate/output
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/validate/test_output.py $<TARGET_FILE:nsim>)
set_tests_properties(validate/unit validate/output PROPERTIES LABELS validate)
# The bars of docs/validation.md for compilations and deoptimizations, against the golden records.
if(NOT NSIM_SANITIZE)
  add_test(NAME validate/jit
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/validate jit ${CMAKE_CURRENT_SOURCE_DIR}/validate/programs
      --nsim $<TARGET_FILE:nsim>)
  # User CPU time of programs of each sort, in the three modes.
  add_test(NAME validate/cpu
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/validate cpu ${CMAKE_CURRENT_SOURCE_DIR}/validate/programs
      --nsim $<TARGET_FILE:nsim> --only arguments buffers classes closures dictionary generators osr permutations
      promises regexp smi-loop split-join typed-arrays)
  # How many programs are within each bar of collections.
  add_test(NAME validate/collections
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/validate/test_collections.py $<TARGET_FILE:nsim>)
  # Programs that no model was fitted to.
  add_test(NAME validate/octane
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/validate/test_octane.py $<TARGET_FILE:nsim>)
  set_tests_properties(validate/octane PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(validate/jit validate/cpu validate/collections validate/octane PROPERTIES LABELS validate)
endif()
if(NSIM_NODE)
  # Decisions that are the same in each of node's runs: its trace against its own record is all common.
  add_test(NAME validate/node-again
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/validate jit
      ${CMAKE_CURRENT_SOURCE_DIR}/validate/programs --node-again --only add-strings array-holes mandelbrot osr
      spectral-norm)
  set_tests_properties(validate/node-again PROPERTIES LABELS validate ENVIRONMENT NSIM_NODE=${NSIM_NODE})
endif()
