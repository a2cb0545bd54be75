/* A plain C program that links the runtime alone: opens the file it is given,
 * runs it on zeros and prints what it is.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 */
#include "qcrt.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(void) {
  fprintf(stderr, "error: %s\n", qcrt_last_error());
  return 1;
}

int main(int argc, char **argv) {
  qcrt_model *model = NULL;
  qcrt_tensor_info in, out;
  if (argc != 2)
    return 2;
  if (qcrt_open_file(argv[1], &model) != QCRT_OK ||
      qcrt_input_info(model, 0, &in) != QCRT_OK ||
      qcrt_output_info(model, 0, &out) != QCRT_OK)
    return fail();
  size_t size = (qcrt_arena_size(model) + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT *
                QCRT_ALIGNMENT;
  void *arena = aligned_alloc(QCRT_ALIGNMENT, size);
  void *input = calloc(1, in.byte_size), *output = calloc(1, out.byte_size);
  const void *inputs[] = {input};
  void *outputs[] = {output};
  if (!arena || !input || !output)
    return 1;
  if (qcrt_run(model, arena, size, inputs, outputs) != QCRT_OK)
    return fail();
  printf("%s -> %s: ran %zu instructions in %zu bytes\n", in.name, out.name,
         qcrt_instruction_count(model), size);
  free(output);
  free(input);
  free(arena);
  qcrt_close(model);
  return 0;
}
