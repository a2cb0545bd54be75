/* The C interface of the runtime: open a .qcb program, query it, run it.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Typical use:
 *
 *   qcrt_model *model;
 *   if (qcrt_open_file("model.qcb", &model) != QCRT_OK)
 *     fprintf(stderr, "%s\n", qcrt_last_error());
 *   size_t size = qcrt_arena_size(model);
 *   void *arena = aligned_alloc(QCRT_ALIGNMENT, size);
 *   qcrt_run(model, arena, size, inputs, outputs);
 *   qcrt_close(model);
 *
 * Every function that can fail returns a qcrt_status; the text that belongs to
 * it is kept per thread and read with qcrt_last_error(). A model may be used
 * from any thread, but by one thread at a time; different models are
 * independent. Nothing is allocated between the return of qcrt_open_* (or
 * qcrt_set_threads) and qcrt_close: a run uses the caller's arena only.
 */
#ifndef QCRT_H
#define QCRT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QCRT_MAX_RANK 8
/* Alignment in bytes of the arena, of tensors inside it and of constants. */
#define QCRT_ALIGNMENT 64

typedef struct qcrt_model qcrt_model;

typedef enum qcrt_status {
  QCRT_OK = 0,
  QCRT_BAD_ARGUMENT = 1, /* a call that breaks the rules of this header */
  QCRT_BAD_FILE = 2,     /* unreadable, corrupt or not understood */
  QCRT_NO_MEMORY = 3,
  QCRT_RUN_FAILED = 4 /* the data asked for something impossible */
} qcrt_status;

/* Element types; the values are part of the file format. */
typedef enum qcrt_dtype {
  QCRT_F32 = 0,
  QCRT_I8 = 1,
  QCRT_U8 = 2,
  QCRT_I16 = 3,
  QCRT_I32 = 4,
  QCRT_I64 = 5,
  QCRT_F16 = 6, /* IEEE binary16; only stored so, computed in f32 */
  QCRT_I4 = 7   /* constants only: two a byte, the first in the low half */
} qcrt_dtype;

/* A description of one tensor. Pointers stay valid until qcrt_close. */
typedef struct qcrt_tensor_info {
  const char *name;
  qcrt_dtype dtype;
  int32_t rank;
  int64_t shape[QCRT_MAX_RANK];
  int64_t strides[QCRT_MAX_RANK]; /* in bytes; always dense, row major */
  float scale; /* real = (stored - zero_point) * scale; 0 if the
                  tensor is not quantized */
  int64_t zero_point;
  size_t byte_size;       /* bytes of the elements */
  size_t aligned_size;    /* byte_size rounded up to QCRT_ALIGNMENT */
  const char *preprocess; /* inputs: how to make it from an image, or "" */
  const char *picture;    /* inputs: what the bytes of a picture mean, as
                             "nv12 yuv=bt601-full", or "" */
} qcrt_tensor_info;

/* Text of the last failure in this thread, "" if there was none. */
const char *qcrt_last_error(void);
/* Version of the library, for example "0.1.0". */
const char *qcrt_version(void);
/* Bytes of one element of dtype, 0 if there is no such type. 1 for QCRT_I4, of
 * which two share a byte: a tensor of n takes (n + 1) / 2. */
size_t qcrt_dtype_size(qcrt_dtype dtype);
/* "f32", "i8", ...; "?" if there is no such type. */
const char *qcrt_dtype_name(qcrt_dtype dtype);

/* Opens a file, which is read whole: later changes of it do no harm. Everything
 * in it is verified first; a bad one is refused. Who would rather map it, and
 * vouches that it does not change, uses qcrt_open_memory. */
qcrt_status qcrt_open_file(const char *path, qcrt_model **model);
/* Opens size bytes in memory, which must stay unchanged until qcrt_close. They
 * are copied only if they are not aligned to QCRT_ALIGNMENT. */
qcrt_status qcrt_open_memory(const void *bytes, size_t size,
                             qcrt_model **model);
/* Frees the model; NULL is allowed. */
void qcrt_close(qcrt_model *model);

size_t qcrt_input_count(const qcrt_model *model);
size_t qcrt_output_count(const qcrt_model *model);
qcrt_status qcrt_input_info(const qcrt_model *model, size_t index,
                            qcrt_tensor_info *info);
qcrt_status qcrt_output_info(const qcrt_model *model, size_t index,
                             qcrt_tensor_info *info);

/* Number of instructions of the program. */
size_t qcrt_instruction_count(const qcrt_model *model);
/* Who wrote the file, for which target, and a value of its provenance by key
 * (NULL if there is none). */
const char *qcrt_producer(const qcrt_model *model);
const char *qcrt_target(const qcrt_model *model);
const char *qcrt_provenance(const qcrt_model *model, const char *key);

/* Threads used by a run, the calling one included (default 1). Results do not
 * depend on it. Starts or joins threads, and may change qcrt_arena_size. */
qcrt_status qcrt_set_threads(qcrt_model *model, int threads);

/* Bytes that a run needs: the planned tensors and the kernels' scratch. */
size_t qcrt_arena_size(const qcrt_model *model);
/* The planned tensors alone, and the least that any plan could need. */
size_t qcrt_planned_size(const qcrt_model *model);
size_t qcrt_lower_bound(const qcrt_model *model);

/* Runs once. arena is aligned to QCRT_ALIGNMENT and holds at least
 * qcrt_arena_size(model) bytes; inputs[i] and outputs[i] point to byte_size
 * bytes each, of any alignment. outputs may be NULL, or hold NULLs, for what
 * is not wanted. */
qcrt_status qcrt_run(qcrt_model *model, void *arena, size_t arena_size,
                     const void *const *inputs, void *const *outputs);

/* A part of an input that lies in memory of its own, as rows of bytes: a camera
 * gives Y and UV of nv12 in two buffers, with strides of its own. */
typedef struct qcrt_plane {
  const void *data;
  size_t stride; /* bytes from a row to the next; 0: as the program has it */
} qcrt_plane;

/* What a run reads of a plane: rows of row_bytes each, which is the program's
 * own stride (qcrt_input_info: the last of shape). */
typedef struct qcrt_plane_info {
  size_t input; /* that it belongs to */
  size_t rows, row_bytes;
} qcrt_plane_info;

/* The planes of all inputs, one input behind the other: Y and UV of each
 * picture for nv12, one of a single row for every other input. */
size_t qcrt_plane_count(const qcrt_model *model);
qcrt_status qcrt_plane_info_at(const qcrt_model *model, size_t index,
                               qcrt_plane_info *info);
/* As qcrt_run, with qcrt_plane_count planes instead of inputs. A stride is at
 * least row_bytes. */
qcrt_status qcrt_run_planes(qcrt_model *model, void *arena, size_t arena_size,
                            const qcrt_plane *planes, void *const *outputs);

/* What a trace callback sees after an instruction. Everything in it is valid
 * during the call only. */
typedef struct qcrt_trace_event {
  size_t instruction;    /* index in execution order */
  const char *kernel;    /* "conv2d", ... */
  const char *sources;   /* names of the source nodes, separated by ", " */
  const char *placement; /* "npu" or "cpu" */
  size_t output_count;
  const qcrt_tensor_info *infos;  /* output_count of them */
  const void *const *output_data; /* output_count of them, still live */
} qcrt_trace_event;

typedef void (*qcrt_trace_callback)(void *user, const qcrt_trace_event *event);
/* Calls back after every instruction of later runs; NULL stops it. */
qcrt_status qcrt_set_trace(qcrt_model *model, qcrt_trace_callback callback,
                           void *user);

#ifdef __cplusplus
}
#endif
#endif /* QCRT_H */
