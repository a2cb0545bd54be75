/* Runs a program through qcrt's C interface and nothing else: the smallest user
 * of the runtime.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *   run_alone model.qcb in.bin out.bin    (one input, one output)
 */
#include <qcrt.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, qcrt_last_error());
  return 1;
}

int main(int argc, char **argv) {
  qcrt_model *model;
  qcrt_tensor_info in, out;
  if (argc != 4)
    return 2;
  if (qcrt_open_file(argv[1], &model) != QCRT_OK)
    return fail("open");
  if (qcrt_input_info(model, 0, &in) != QCRT_OK ||
      qcrt_output_info(model, 0, &out) != QCRT_OK)
    return fail("info");
  size_t size = (qcrt_arena_size(model) + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT *
                QCRT_ALIGNMENT;
  void *arena = aligned_alloc(QCRT_ALIGNMENT, size ? size : QCRT_ALIGNMENT);
  void *input = malloc(in.byte_size), *output = malloc(out.byte_size);
  FILE *source = fopen(argv[2], "rb"), *sink = fopen(argv[3], "wb");
  if (!arena || !input || !output || !source || !sink ||
      fread(input, 1, in.byte_size, source) != in.byte_size)
    return fail("memory or files");
  const void *inputs[] = {input};
  void *outputs[] = {output};
  if (qcrt_run(model, arena, size, inputs, outputs) != QCRT_OK)
    return fail("run");
  if (fwrite(output, 1, out.byte_size, sink) != out.byte_size ||
      fclose(sink) != 0)
    return fail("write");
  fclose(source);
  free(output);
  free(input);
  free(arena);
  qcrt_close(model);
  return 0;
}
