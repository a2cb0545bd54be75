# add_qc_target(Name sources...), outside the tree: a plugin that --load-target-plugin loads.
#
# The sources define qc::register<Name>Target(Registries &), as those of a
# built-in target do: a folder moves in or out of the tree as it is.
function(add_qc_target name)
  set(QC_TARGET_NAME ${name})
  set(QC_TARGET_VERSION "${PROJECT_VERSION}")
  set(entry ${CMAKE_CURRENT_BINARY_DIR}/${name}Plugin.cpp)
  file(CONFIGURE OUTPUT ${entry} @ONLY CONTENT [[
// Generated: what qc asks a plugin for.
#include "qc/Pipelines/Plugin.h"

namespace qc {
void register@QC_TARGET_NAME@Target(Registries &registries);
} // namespace qc

extern "C" qc::PluginInfo qcGetPluginInfo() {
  return {QC_PLUGIN_API_VERSION, "@QC_TARGET_NAME@", "@QC_TARGET_VERSION@",
          qc::register@QC_TARGET_NAME@Target};
}
]])
  add_library(QCTarget${name} MODULE ${ARGN} ${entry})
  target_link_libraries(QCTarget${name} PRIVATE QC::QC)
  set_target_properties(QCTarget${name} PROPERTIES PREFIX "")
endfunction()
