# Finds the onnx C++ library (target ONNX::onnx) in the prefix that scripts/build-onnx.sh fills.
#
# QC_ONNX_PREFIX, or the environment's QC_DEPS_PREFIX, names another prefix; one
# that CMake finds by itself (CMAKE_PREFIX_PATH) does as well.
if(NOT QC_ONNX_PREFIX)
  execute_process(COMMAND ${QC_SOURCE_DIR}/scripts/build-onnx.sh --prefix
    OUTPUT_VARIABLE qc_onnx_default OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(QC_ONNX_PREFIX ${qc_onnx_default} CACHE PATH "Where the onnx C++ library is installed")
endif()

# onnx's own configuration names protobuf::libprotobuf without finding it.
find_package(Protobuf REQUIRED)
find_package(ONNX CONFIG HINTS ${QC_ONNX_PREFIX})
if(NOT ONNX_FOUND)
  message(FATAL_ERROR
    "the onnx C++ library is not in ${QC_ONNX_PREFIX}: run scripts/setup.sh "
    "(or scripts/build-onnx.sh), or set QC_ONNX_PREFIX to where it is")
endif()
