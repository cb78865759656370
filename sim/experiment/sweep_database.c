#include "sim/experiment/sweep_database.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/sheet.h"
#include "sim/experiment/summary.h"
#include "sim/experiment/sweep_series.h"

#define LEVEL 0.95

enum { RUN, SERIES, MEAN, PAIR, STATEMENTS };

struct weir_sweep_database {
    const struct weir_sweep *sweep;
    char *path, *partial;
    sqlite3 *sqlite;
    sqlite3_stmt *statements[STATEMENTS];
    const struct weir_study_kind *kinds; /* [column]; the plan's */
    struct weir_sweep_series series;
    bool has_series;
};

/* SQLite's calls of the operating system, by way of the table that all results go through. */
static int call_open(const char *path, int flags, int mode)
{
    return weir_os->open(path, flags, (mode_t)mode);
}
static ssize_t call_write(int descriptor, const void *bytes, size_t count)
{
    return weir_os->write(descriptor, bytes, count);
}
static ssize_t call_pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    return weir_os->pwrite(descriptor, bytes, count, offset);
}
static int call_ftruncate(int descriptor, off_t length)
{
    return weir_os->ftruncate(descriptor, length);
}

static void redirect_calls(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find("unix-none");
    if (!system)
        return;
    system->xSetSystemCall(system, "open", (sqlite3_syscall_ptr)call_open);
    system->xSetSystemCall(system, "write", (sqlite3_syscall_ptr)call_write);
    system->xSetSystemCall(system, "pwrite", (sqlite3_syscall_ptr)call_pwrite);
    system->xSetSystemCall(system, "pwrite64", (sqlite3_syscall_ptr)call_pwrite);
    system->xSetSystemCall(system, "ftruncate", (sqlite3_syscall_ptr)call_ftruncate);
}

/* The system's reason, where there is one, says more than SQLite's. */
static int tell(const struct weir_sweep_database *database)
{
    int reason = sqlite3_system_errno(database->sqlite), kind = sqlite3_errcode(database->sqlite);
    if (kind == SQLITE_FULL && !reason)
        reason = ENOSPC;
    bool of_system = reason && (kind == SQLITE_FULL || kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN);
    return weir_error(WEIR_EINPUT, "%s: cannot write: %s", database->path,
                      of_system ? strerror(reason) : sqlite3_errmsg(database->sqlite));
}

static int execute(struct weir_sweep_database *database, const char *sql)
{
    return sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? WEIR_OK : tell(database);
}

static int prepare(struct weir_sweep_database *database, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v2(database->sqlite, sql, -1, statement, NULL) == SQLITE_OK ? WEIR_OK : tell(database);
}

/* Inserts what is bound, and is ready for the next row. */
static int step(struct weir_sweep_database *database, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement) == SQLITE_DONE ? WEIR_OK : tell(database);
    sqlite3_reset(statement);
    return code;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1,
                      SQLITE_TRANSIENT); /* NULL binds NULL; bytes that are too many do not fit anywhere */
}

/* --- the tables --- */

/* Adds ', "name" TYPE', with a name that no column before has: SQL takes large letters for small ones. */
static void declare_column(struct weir_text *sql, char **names, int *count, const char *name, const char *suffix,
                           const char *type)
{
    char *unique = weir_format("%s%s", name, suffix);
    for (int n = 0; n < *count; n++) {
        if (strcasecmp(names[n], unique) != 0)
            continue;
        char *longer = weir_format("%s_", unique);
        free(unique);
        unique = longer;
        n = -1;
    }
    char *quoted = sqlite3_mprintf("\"%w\" %s", unique, type);
    weir_text_addf(sql, "%s%s", *count ? ", " : "", quoted);
    sqlite3_free(quoted);
    names[(*count)++] = unique;
}

static char *runs_sql(const struct weir_sweep_database *database, int *count)
{
    static const char *const types[] = {
        [WEIR_STUDY_TEXT] = "TEXT", [WEIR_STUDY_NUMBER] = "REAL", [WEIR_STUDY_QUANTITY] = "TEXT"};
    const struct weir_study *study = database->sweep->plan->study;
    char **names = weir_alloc(2 * (size_t)study->column_count + (size_t)weir_metric_count() + 16, sizeof *names);
    struct weir_text sql = {0};
    *count = 0;
    weir_text_add(&sql, "CREATE TABLE runs (");
    declare_column(&sql, names, count, "run", "", "INTEGER PRIMARY KEY");
    declare_column(&sql, names, count, "key", "", "TEXT");
    declare_column(&sql, names, count, "configuration", "", "INTEGER");
    declare_column(&sql, names, count, "policy", "", "TEXT");
    declare_column(&sql, names, count, "seed", "", "INTEGER");
    declare_column(&sql, names, count, "status", "", "TEXT");
    declare_column(&sql, names, count, "code", "", "INTEGER");
    declare_column(&sql, names, count, "message", "", "TEXT");
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        declare_column(&sql, names, count, m->name, "", "REAL");
    for (int c = 0; c < study->column_count; c++) {
        declare_column(&sql, names, count, study->columns[c].name, "", types[database->kinds[c].type]);
        if (database->kinds[c].type == WEIR_STUDY_QUANTITY)
            declare_column(&sql, names, count, study->columns[c].name, "_si", "REAL");
    }
    weir_text_add(&sql, ")");
    char *text = weir_copy(weir_text_string(&sql));
    weir_text_fini(&sql);
    for (int n = 0; n < *count; n++)
        free(names[n]);
    free(names);
    return text;
}

static int make_tables(struct weir_sweep_database *database)
{
    int count,
        code = execute(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
                                 "CREATE TABLE parameters (name TEXT, path TEXT, unit TEXT);"
                                 "CREATE TABLE metrics (name TEXT, unit TEXT, better TEXT, meaning TEXT);"
                                 "CREATE TABLE means (configuration INTEGER, policy TEXT, metric TEXT, n INTEGER,"
                                 " mean REAL, ci95_low REAL, ci95_high REAL);"
                                 "CREATE TABLE pairs (configuration INTEGER, policy_a TEXT, policy_b TEXT, metric TEXT,"
                                 " n INTEGER, difference REAL, ci95_low REAL, ci95_high REAL, p REAL, p_holm REAL)");
    char *sql = runs_sql(database, &count);
    if (code == WEIR_OK)
        code = execute(database, sql);
    free(sql);
    struct weir_text insert = {0};
    weir_text_add(&insert, "INSERT INTO runs VALUES (?");
    for (int c = 1; c < count; c++)
        weir_text_add(&insert, ", ?");
    weir_text_add(&insert, ")");
    if (code == WEIR_OK)
        code = prepare(database, weir_text_string(&insert), &database->statements[RUN]);
    weir_text_fini(&insert);
    if (code == WEIR_OK)
        code = prepare(database, "INSERT INTO means VALUES (?, ?, ?, ?, ?, ?, ?)", &database->statements[MEAN]);
    if (code == WEIR_OK)
        code = prepare(database, "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                       &database->statements[PAIR]);
    if (code == WEIR_OK && database->has_series)
        code = execute(database,
                       "CREATE TABLE series (run INTEGER, time REAL, job TEXT, operator TEXT, host TEXT, metric TEXT,"
                       " value REAL)");
    if (code == WEIR_OK && database->has_series)
        code = prepare(database, "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?)", &database->statements[SERIES]);
    return code;
}

/* What the columns of runs are. */
static int describe(struct weir_sweep_database *database)
{
    const struct weir_study *study = database->sweep->plan->study;
    sqlite3_stmt *insert = NULL;
    int code = prepare(database, "INSERT INTO parameters VALUES (?, ?, ?)", &insert);
    for (int c = 0; c < study->column_count && code == WEIR_OK; c++) {
        bind_text(insert, 1, study->columns[c].name);
        bind_text(insert, 2, study->columns[c].path);
        bind_text(insert, 3, weir_unit_symbol(database->kinds[c].unit));
        code = step(database, insert);
    }
    sqlite3_finalize(insert);
    insert = NULL;
    if (code == WEIR_OK)
        code = prepare(database, "INSERT INTO metrics VALUES (?, ?, ?, ?)", &insert);
    for (const struct weir_metric *m = weir_metric_table; m->name && code == WEIR_OK; m++) {
        bind_text(insert, 1, m->name);
        bind_text(insert, 2, m->unit);
        bind_text(insert, 3, weir_better_name(m->better));
        bind_text(insert, 4, m->help);
        code = step(database, insert);
    }
    sqlite3_finalize(insert);
    return code;
}

int weir_sweep_database_begin(const struct weir_sweep *sweep, struct weir_sweep_database **begun)
{
    struct weir_sweep_database *database = weir_alloc(1, sizeof *database);
    *begun = database;
    database->sweep = sweep;
    database->path = weir_format("%s/runs.sqlite", sweep->folder);
    database->partial = weir_format("%s.partial", database->path);
    database->kinds = sweep->plan->kinds;
    if ((database->has_series = sweep->series != NULL))
        weir_sweep_series_init(&database->series, sweep->series);
    redirect_calls();
    weir_os->unlink(database->partial); /* of one that was killed */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(database->partial, &database->sqlite, flags, "unix-none") != SQLITE_OK)
        return tell(database);
    int code = make_tables(database);
    return code == WEIR_OK ? describe(database) : code;
}

/* --- rows --- */

int weir_sweep_database_run(struct weir_sweep_database *database, int run, const struct weir_record *record,
                            int run_code, const char *message)
{
    const struct weir_sweep_plan *plan = database->sweep->plan;
    sqlite3_stmt *insert = database->statements[RUN];
    char key[17];
    int at = 1, configuration = weir_sweep_plan_configuration(plan, run);
    bool failed = !record->present && message;
    snprintf(key, sizeof key, "%016llx", plan->keys[run]);
    sqlite3_bind_int(insert, at++, run + 1);
    bind_text(insert, at++, key);
    sqlite3_bind_int(insert, at++, configuration + 1);
    bind_text(insert, at++, weir_sweep_plan_label(plan, run));
    sqlite3_bind_int64(insert, at++, (sqlite3_int64)weir_sweep_plan_seed(plan, run));
    bind_text(insert, at++, record->present ? "finished" : failed ? "failed" : "missing");
    if (failed)
        sqlite3_bind_int(insert, at++, weir_exit_code(run_code));
    else
        sqlite3_bind_null(insert, at++);
    bind_text(insert, at++, failed ? message : NULL);
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        sqlite3_bind_double(insert, at++,
                            record->present ? weir_metric_value(&record->metrics, m) : NAN); /* NaN is NULL */
    for (int c = 0; c < plan->study->column_count; c++) {
        struct weir_study_value value = weir_study_value(plan->study, c, configuration);
        double number = weir_study_number(database->kinds[c], &value);
        if (database->kinds[c].type != WEIR_STUDY_NUMBER)
            bind_text(insert, at++, value.shown);
        if (database->kinds[c].type != WEIR_STUDY_TEXT)
            sqlite3_bind_double(insert, at++, number);
        weir_study_value_fini(&value);
    }
    return step(database, insert);
}

int weir_sweep_database_series(struct weir_sweep_database *database, int run, const char *windows)
{
    static const char *const columns[] = {"time", "job", "operator", "host", "metric", "value"};
    sqlite3_stmt *insert = database->statements[SERIES];
    struct weir_sheet sheet;
    int code = weir_sheet_parse(windows, "windows.csv", &sheet), at[6];
    for (int c = 0; c < 6; c++)
        at[c] = weir_sheet_column(&sheet, columns[c]);
    for (size_t row = 0; row < sheet.row_count && code == WEIR_OK; row++) {
        if (!weir_sweep_series_wants(&database->series, weir_sheet_cell(&sheet, row, at[4])))
            continue;
        sqlite3_bind_int(insert, 1, run + 1);
        sqlite3_bind_double(insert, 2, weir_sheet_number(&sheet, row, at[0]));
        for (int c = 1; c < 5; c++) {
            const char *cell = weir_sheet_cell(&sheet, row, at[c]);
            bind_text(insert, 2 + c, *cell ? cell : NULL);
        }
        sqlite3_bind_double(insert, 7, weir_sheet_number(&sheet, row, at[5]));
        code = step(database, insert);
    }
    weir_sheet_fini(&sheet);
    return code;
}

int weir_sweep_database_mean(struct weir_sweep_database *database, int configuration, const char *a, const char *b,
                             const struct weir_metric *metric, const struct weir_moments *moments)
{
    sqlite3_stmt *insert = database->statements[b ? PAIR : MEAN];
    double half = weir_moments_half_width(moments, LEVEL), mean = moments->count ? moments->mean : NAN;
    int at = 1;
    sqlite3_bind_int(insert, at++, configuration + 1);
    bind_text(insert, at++, a);
    if (b)
        bind_text(insert, at++, b);
    bind_text(insert, at++, metric->name);
    sqlite3_bind_int(insert, at++, (int)moments->count);
    sqlite3_bind_double(insert, at++, mean);
    sqlite3_bind_double(insert, at++, mean - half);
    sqlite3_bind_double(insert, at++, mean + half);
    if (b)
        sqlite3_bind_double(insert, at++, weir_moments_p_value(moments));
    return step(database, insert);
}

/* Of the tests of a metric, in the order of their p-values: each times the number of those that are left, and not less
 * than the one before. */
#define HOLM                                                                                                           \
    "UPDATE pairs SET p_holm = corrected.p FROM"                                                                       \
    " (SELECT id, max(min(1.0, (tests - place) * p)) OVER (PARTITION BY metric ORDER BY place) AS p FROM"              \
    "  (SELECT rowid AS id, metric, p, count(*) OVER (PARTITION BY metric) AS tests,"                                  \
    "   row_number() OVER (PARTITION BY metric ORDER BY p, rowid) - 1 AS place FROM pairs WHERE p IS NOT NULL))"       \
    " AS corrected WHERE pairs.rowid = corrected.id"

static void print_number(FILE *file, sqlite3_stmt *row, int column)
{
    char buffer[WEIR_NUMBER_SIZE];
    bool there = sqlite3_column_type(row, column) != SQLITE_NULL;
    fprintf(file, ",%s", weir_number(there ? sqlite3_column_double(row, column) : NAN, buffer));
}

static void print_pair(const struct weir_sweep_plan *plan, sqlite3_stmt *row, FILE *file)
{
    weir_sweep_plan_print_configuration(plan, sqlite3_column_int(row, 0) - 1, file);
    for (int c = 1; c <= 5; c++) {
        fputc(',', file);
        weir_csv_field(file, (const char *)sqlite3_column_text(row, c));
    }
    fprintf(file, ",%d", sqlite3_column_int(row, 6));
    for (int c = 7; c <= 11; c++)
        print_number(file, row, c);
    weir_sweep_plan_print_si(plan, sqlite3_column_int(row, 0) - 1, file);
    fputc('\n', file);
}

int weir_sweep_database_pairs(struct weir_sweep_database *database, FILE *file)
{
    sqlite3_stmt *row = NULL;
    int code = execute(database, HOLM), said = SQLITE_DONE;
    if (code == WEIR_OK)
        code = prepare(
            database,
            "SELECT configuration, policy_a, policy_b, metric, metrics.unit, metrics.better, n, difference, ci95_low,"
            " ci95_high, p, p_holm FROM pairs JOIN metrics ON metrics.name = metric ORDER BY pairs.rowid",
            &row);
    while (code == WEIR_OK && (said = sqlite3_step(row)) == SQLITE_ROW)
        print_pair(database->sweep->plan, row, file);
    if (code == WEIR_OK && said != SQLITE_DONE)
        code = tell(database);
    sqlite3_finalize(row);
    return code;
}

/* --- the end --- */

static int sync_file(const char *path)
{
    int descriptor = weir_os->open(path, O_RDWR | O_CLOEXEC, 0);
    bool fine = descriptor >= 0 && weir_os->fsync(descriptor) == 0;
    int code = fine ? WEIR_OK : weir_error(WEIR_EINPUT, "%s: %s", path, strerror(errno));
    if (descriptor >= 0 && weir_os->close(descriptor) != 0 && code == WEIR_OK)
        code = weir_error(WEIR_EINPUT, "%s: %s", path, strerror(errno));
    return code;
}

int weir_sweep_database_end(struct weir_sweep_database *database, int code)
{
    if (!database)
        return code;
    for (int s = 0; s < STATEMENTS; s++)
        sqlite3_finalize(database->statements[s]);
    if (code == WEIR_OK)
        code = execute(database, "COMMIT");
    if (sqlite3_close(database->sqlite) != SQLITE_OK && code == WEIR_OK)
        code = weir_error(WEIR_EINPUT, "%s: cannot be closed", database->path);
    if (code == WEIR_OK)
        code = sync_file(database->partial);
    if (code == WEIR_OK && weir_os->rename(database->partial, database->path) != 0)
        code = weir_error(WEIR_EINPUT, "%s: %s", database->path, strerror(errno));
    if (code != WEIR_OK)
        weir_os->unlink(database->partial);
    const char *unseen = weir_sweep_series_unseen(&database->series);
    if (code == WEIR_OK && unseen && !database->sweep->pool.quiet)
        fprintf(stderr, "--series: no run has \"%s\"; the column metric of windows.csv has what there is\n", unseen);
    weir_sweep_series_fini(&database->series);
    free(database->partial);
    free(database->path);
    free(database);
    return code;
}
