# Bindings over generated input, side by side with the real node (bindings/README.md).
if(NSIM_NODE)
  set(bindings ${CMAKE_CURRENT_SOURCE_DIR}/suites/bindings)
  file(GLOB programs CONFIGURE_DEPENDS ${bindings}/*.js)
  list(FILTER programs EXCLUDE REGEX "/random\\.js$")
  foreach(program ${programs})
    get_filename_component(name ${program} NAME_WE)
    add_test(NAME bindings/${name}
      COMMAND Python3::Interpreter ${bindings}/compare.py $<TARGET_FILE:nsim> ${NSIM_NODE} ${program})
    set_tests_properties(bindings/${name} PROPERTIES LABELS bindings)
  endforeach()
endif()
