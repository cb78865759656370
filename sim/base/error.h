/* Errors: one negative code and one sentence, kept per thread, with context added once a layer outwards. */
#ifndef WEIR_BASE_ERROR_H
#define WEIR_BASE_ERROR_H

/* Return codes of every function that can fail; 0 is success. The CLI maps them to its exit codes (weir_exit_code). */
enum weir_code {
    WEIR_OK = 0,
    WEIR_ECHECK = -1,  /* a check said no */
    WEIR_EUSAGE = -2,  /* the command line is wrong */
    WEIR_EINPUT = -3,  /* a file or value of the user's is wrong, or cannot be read or written */
    WEIR_ERUN = -4,    /* the run failed, for example a policy gave up */
    WEIR_EENGINE = -5, /* SimGrid refused or aborted */
};

/* Sets this thread's last error and returns code, so that a function can end with `return weir_error(...)`. */
int weir_error(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the last message; returns the code of the last error. */
int weir_error_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The last message of this thread, "" if none. Borrowed; valid until the next error of this thread. */
const char *weir_error_message(void);

/* The last code of this thread, WEIR_OK if none. */
int weir_error_code(void);

void weir_error_clear(void);

/* Exit code of the command line for a return code: 0 done, 1 a check said no, 2 usage, 3 bad input, 4 the run failed,
 * 5 the engine aborted. */
int weir_exit_code(int code);

#endif
