# find_package(qcrt): the target qcrt::qcrt.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/qcrtTargets.cmake)
