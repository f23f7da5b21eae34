/* SPDX-License-Identifier: MIT */
/* Every error code with its number and meaning; docs/errors.md is made from this list. */
#ifndef SIM_BASE_ERROR_CODES_H
#define SIM_BASE_ERROR_CODES_H

/*
 * X(name, number, summary). A number is never used again and never changes its meaning; new codes
 * go to the end of their block. Blocks: 01xx YAML, 02xx machine file, 03xx workload file,
 * 04xx binary trace, 05xx import, 06xx options and usage, 07xx input and output, 08xx limits,
 * 09xx the output of a run, read again, 10xx metrics and comparisons, 11xx sweeps and tuning.
 */
#define SIM_ERROR_CODES(X)                                                                   \
    /* 01xx: YAML as such */                                                                 \
    X(ERR_YAML_SYNTAX, 101, "The text is not well-formed YAML.")                             \
    X(ERR_YAML_ENCODING, 102, "The text is not UTF-8 or contains a NUL byte.")               \
    X(ERR_YAML_EMPTY, 103, "The file holds no YAML document.")                               \
    X(ERR_YAML_MANY_DOCUMENTS, 104, "The file holds more than one YAML document.")           \
    X(ERR_YAML_ALIAS, 105, "Anchors, aliases and tags are not supported.")                   \
    X(ERR_YAML_DUPLICATE_KEY, 106, "A mapping has the same key twice.")                      \
    X(ERR_YAML_TOO_BIG, 107, "The document is larger or deeper than the limit.")             \
    X(ERR_YAML_BAD_KEY, 108, "A mapping key is not a plain scalar.")                         \
    /* 02xx: values, and the machine file */                                                 \
    X(ERR_UNKNOWN_KEY, 201, "The key is not known here.")                                    \
    X(ERR_MISSING_KEY, 202, "A required key is missing.")                                    \
    X(ERR_WRONG_TYPE, 203, "The value is of another type than expected.")                    \
    X(ERR_BAD_NUMBER, 204, "The value is not a number in the accepted form.")                \
    X(ERR_BAD_SIZE, 205, "The value is not a size such as 64MiB.")                           \
    X(ERR_BAD_DURATION, 206, "The value is not a duration such as 10ms.")                    \
    X(ERR_OUT_OF_RANGE, 207, "The number is outside the accepted range.")                    \
    X(ERR_UNKNOWN_NAME, 208, "The word is not one of the accepted ones.")                    \
    X(ERR_BAD_VERSION, 209, "The format version is not supported.")                          \
    X(ERR_BAD_GFP, 210, "The GFP mask names an unknown flag or has unknown bits.")           \
    X(ERR_MEMORY_OVERLAP, 211, "Two memory ranges overlap.")                                 \
    X(ERR_MEMORY_ALIGN, 212, "A range does not lie on the required boundary.")               \
    X(ERR_NO_MEMORY, 213, "The machine has no memory, or a node or CPU that cannot be.")     \
    X(ERR_BAD_DISTANCE, 214, "The node distance table is not usable.")                       \
    X(ERR_BAD_KERNEL, 215, "The kernel generation is not known.")                            \
    X(ERR_BAD_RATE, 216, "The value is not a rate such as 60MB/s.")                          \
    /* 03xx: workload */                                                                     \
    X(ERR_UNKNOWN_TASK, 301, "The task is not declared.")                                    \
    X(ERR_DUPLICATE_NAME, 302, "The name is used twice.")                                    \
    X(ERR_UNKNOWN_ID, 303, "The id was never allocated.")                                    \
    X(ERR_DOUBLE_FREE, 304, "The id is freed twice.")                                        \
    X(ERR_ID_IN_USE, 305, "The id is allocated again while it is still held.")               \
    X(ERR_TIME_ORDER, 306, "An event is earlier than the one before it.")                    \
    X(ERR_BAD_ORDER, 307, "The order is not usable here.")                                   \
    X(ERR_BAD_EVENT, 308, "The event row has the wrong shape.")                              \
    X(ERR_BAD_DISTRIBUTION, 309, "The distribution's parameters are not usable.")            \
    X(ERR_EMPTY_WORKLOAD, 310, "The workload does nothing.")                                 \
    X(ERR_UNKNOWN_NODE, 311, "The node is not part of the machine.")                         \
    X(ERR_UNKNOWN_CPU, 312, "The CPU is not part of the machine.")                           \
    X(ERR_UNKNOWN_SYSCTL, 313, "The kernel has no such sysctl, or it is fixed at run time.") \
    X(ERR_NO_DURATION, 315, "A workload that never ends by itself needs a duration.")        \
    X(ERR_BAD_STEP, 316, "The step of a task has the wrong shape.")                          \
    X(ERR_UNKNOWN_FILE, 317, "The file is not declared.")                                    \
    X(ERR_UNKNOWN_CACHE, 318, "The slab cache is not declared.")                             \
    X(ERR_UNKNOWN_DEVICE, 319, "The machine has no such device for files.")                  \
    X(ERR_BAD_FORK, 320, "The task cannot be forked, or never is.")                          \
    X(ERR_UNKNOWN_CPUSET, 321, "The cpuset is not declared.")                                \
    X(ERR_BAD_CPUSET, 322, "The kernel would refuse such a cpuset.")                         \
    X(ERR_BAD_MEMPOLICY, 323, "The kernel would refuse such a memory policy.")               \
    X(ERR_TOO_MANY, 324, "More of it at a time than a run can have.")                        \
    /* 04xx: binary trace */                                                                 \
    X(ERR_TRACE_MAGIC, 401, "The file is not an mmsim trace.")                               \
    X(ERR_TRACE_VERSION, 402, "The trace has an unsupported version or unknown flags.")      \
    X(ERR_TRACE_TRUNCATED, 403, "The trace ends too early.")                                 \
    X(ERR_TRACE_CHECKSUM, 404, "The trace's checksum does not match its bytes.")             \
    X(ERR_TRACE_CORRUPT, 405, "The trace holds a value that cannot be.")                     \
    /* 05xx: import */                                                                       \
    X(ERR_IMPORT_FORMAT, 501, "The text is not an ftrace trace.")                            \
    X(ERR_IMPORT_EMPTY, 502, "The trace holds no page allocation.")                          \
    X(ERR_IMPORT_LINE, 503, "A line of a known event cannot be read.")                       \
    /* 06xx: options and usage */                                                            \
    X(ERR_USAGE, 601, "The command line is not usable.")                                     \
    X(ERR_BAD_SET, 602, "A --set argument is not KEY=VALUE with a known key.")               \
    /* 07xx: input and output */                                                             \
    X(ERR_OPEN, 701, "The file cannot be opened.")                                           \
    X(ERR_READ, 702, "The file cannot be read.")                                             \
    X(ERR_WRITE, 703, "The output cannot be written.")                                       \
    /* 08xx: limits of this machine */                                                       \
    X(ERR_OUT_OF_MEMORY, 801, "The host has not enough memory for this run.")                \
    /* 09xx: the output of a run, read again */                                              \
    X(ERR_RESULT_FORMAT, 901, "The file is not the output of a run.")                        \
    X(ERR_RESULT_VERSION, 902, "The output has a version that is not supported.")            \
    X(ERR_RESULT_NO_EVENTS, 903, "The output was recorded without --events.")                \
    X(ERR_RESULT_NOTHING, 904, "The output holds nothing of what was asked for.")            \
    X(ERR_RESULT_UNFINISHED, 905, "The output ends before its summary.")                     \
    /* 10xx: metrics and comparisons */                                                      \
    X(ERR_BAD_METRIC, 1001, "The text is not the path of a metric.")                         \
    X(ERR_UNKNOWN_METRIC, 1002, "The output has no such metric.")                            \
    X(ERR_BAD_CONDITION, 1003, "The condition on a metric cannot be read.")                  \
    X(ERR_NOTHING_TO_COMPARE, 1004, "There is nothing to compare.")                          \
    X(ERR_NOT_COMPARABLE, 1005, "The runs cannot be compared with each other.")              \
    /* 11xx: sweeps and tuning */                                                            \
    X(ERR_SWEEP_AXIS, 1101, "An axis of the sweep is not usable.")                           \
    X(ERR_SWEEP_FILTER, 1102, "A filter of the sweep is not usable.")                        \
    X(ERR_SWEEP_EMPTY, 1103, "The sweep has no run, or too many.")                           \
    X(ERR_SWEEP_MANIFEST, 1104, "The manifest of the sweep cannot be read.")                 \
    X(ERR_SWEEP_VERSION, 1105, "The sweep was planned by another version.")                  \
    X(ERR_SWEEP_INPUT, 1106, "An input of the sweep has changed since it was planned.")      \
    X(ERR_SWEEP_RESULT, 1107, "A result of the sweep cannot be read.")                       \
    X(ERR_SWEEP_DUPLICATE, 1108, "Two results of the same run differ.")                      \
    X(ERR_SWEEP_INCOMPLETE, 1109, "Results of the sweep are missing.")                       \
    X(ERR_SWEEP_SCHEDULER, 1110, "The batch system refused or cannot be reached.")           \
    X(ERR_NO_SQLITE, 1111, "This build has no SQLite.")                                      \
    X(ERR_TUNE_RANGE, 1112, "The range to search in is not usable.")                         \
    X(ERR_SWEEP_WORKER, 1113, "A run of the sweep crashed or exceeded its limits.")

enum sim_error_code {
    ERR_NONE = 0,
#define X(name, number, summary) name = number,
    SIM_ERROR_CODES(X)
#undef X
};

#endif
