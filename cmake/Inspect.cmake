# The views of `nsim inspect`, src/inspect/js/*.js.
file(GLOB inspect_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/inspect/js/*.js)
ns_embed(inspect_sources ns_inspect_text inspect/page.h "const ns_inspect_script ns_inspect_scripts[]" ${inspect_files})
ns_module(inspect DEPENDS ns_node ns_report ns_workload PkgConfig::CJSON)
target_sources(ns_inspect PRIVATE ${inspect_sources})
