# QC_PYTHON: the Python environment of the tests (scripts/setup.sh makes it), else the system's.
if(NOT QC_PYTHON)
  find_program(QC_PYTHON NAMES python3 HINTS ${QC_SOURCE_DIR}/build/venv/bin
    DOC "Python with numpy, onnx, onnxruntime and pytest, for the tests" REQUIRED)
endif()
