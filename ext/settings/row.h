/* What the rows of settings/table.pyx become: ids, SETTINGS, and the place of each field in settings_t. */
#ifndef KUBEXIT_SETTINGS_ROW_H
#define KUBEXIT_SETTINGS_ROW_H

#include <stddef.h>

/* When a row is read (settings/settings.pyx); the rows of a stage can be in any order. All are read even if
 * some are bad. */
enum setting_stage {
    STAGE_FIRST, /* what a refusal of any other row needs: where to write it, and how to log it */
    STAGE_QUIT,  /* the quit requests, which are sent after a refusal too, if none of these rows is bad */
    STAGE_REST   /* all others */
};

/* How the text of a setting is read (settings/settings.pyx), and which type its field has. */
enum setting_kind {
    KIND_TEXT,         /* const char *: as it is */
    KIND_BOOL,         /* int */
    KIND_DURATION,     /* long long nanoseconds */
    KIND_TIMEOUT,      /* the same, or infinite */
    KIND_WORD,         /* int: one of the words that words.h has for the row */
    KIND_CODE,         /* int: such a word, or a number from 0 to 255 */
    KIND_SIGNAL,       /* int */
    KIND_NAME,         /* const char *: the name of a tombstone */
    KIND_FOLDER,       /* char[PATH_MAX]: made absolute */
    KIND_DEPENDENCIES, /* a list, added to dependencies_t */
    KIND_URLS,         /* a list, added to urls_t */
    KIND_PROBE_URL,    /* urls_t with one URL that needs no interpreter */
    KIND_ADDRESS,      /* address_t */
    KIND_PROGRAM,      /* char *[]: an argument list */
    KIND_PROCESSES,    /* const char *: names of processes */
    KIND_MESH,         /* int: one of the row's words, or an annotation of Istio's injector */
    KIND_POD_FIELD,    /* char[]: read last, if the API is asked (settings/pod.pyx) */
    KIND_SIGNAL_MAP,   /* signal_map_t */
    KIND_CODES         /* codes_t: a set of exit codes */
};

#define SETTING_ID(id, stage, kind, field, default_text, values, meaning) SETTING_##id,
enum setting_id { KUBEXIT_SETTINGS(SETTING_ID) SETTING_COUNT };

typedef struct {
    const char *name;
    const char *default_text; /* read like a value that is set */
    const char *values;       /* what the value can be, besides the row's words */
    const char *meaning;
    int stage;
    int kind;
} setting_row_t;

#define SETTING_ROW(id, stage, kind, field, default_text, values, meaning) \
    {"KUBEXIT_" #id, default_text, values, meaning, STAGE_##stage, KIND_##kind},
static const setting_row_t SETTINGS[SETTING_COUNT] = {KUBEXIT_SETTINGS(SETTING_ROW)};

/* A field that does not have the type of its row's kind is a compile error. The types
 * of lists are Cython's and have no name here. */
#define SETTING_IS(field, type) __builtin_types_compatible_p(__typeof__(model->field), type)
#define FITS_TEXT(field) SETTING_IS(field, const char *)
#define FITS_BOOL(field) SETTING_IS(field, int)
#define FITS_DURATION(field) SETTING_IS(field, long long)
#define FITS_TIMEOUT(field) SETTING_IS(field, long long)
#define FITS_WORD(field) SETTING_IS(field, int)
#define FITS_CODE(field) SETTING_IS(field, int)
#define FITS_SIGNAL(field) SETTING_IS(field, int)
#define FITS_NAME(field) SETTING_IS(field, const char *)
#define FITS_FOLDER(field) (sizeof model->field == PATH_MAX)
#define FITS_DEPENDENCIES(field) SETTING_IS(field, __typeof__(model->deps))
#define FITS_URLS(field) SETTING_IS(field, __typeof__(model->birth_urls))
#define FITS_PROBE_URL(field) FITS_URLS(field)
#define FITS_ADDRESS(field) SETTING_IS(field, __typeof__(model->ready.address))
#define FITS_PROGRAM(field) SETTING_IS(field, __typeof__(model->ready.argv))
#define FITS_PROCESSES(field) SETTING_IS(field, const char *)
#define FITS_MESH(field) SETTING_IS(field, int)
#define FITS_POD_FIELD(field) SETTING_IS(field, __typeof__(model->pod_name))
#define FITS_SIGNAL_MAP(field) SETTING_IS(field, __typeof__(model->signal_map))
#define FITS_CODES(field) SETTING_IS(field, __typeof__(model->success_codes))
#define SETTING_FITS(id, stage, kind, field, ...) _Static_assert(FITS_##kind(field), "field of KUBEXIT_" #id);
#define SETTING_OFFSET(id, stage, kind, field, ...) offsetof(__typeof__(*model), field),

/* Where a settings_t has the field of a row. A macro: the struct is defined in Cython, behind this line. */
#define setting_field(settings, row) __extension__({ \
    __typeof__(*(settings)) *model = (settings); \
    KUBEXIT_SETTINGS(SETTING_FITS) \
    static const unsigned int offsets[] = {KUBEXIT_SETTINGS(SETTING_OFFSET)}; \
    (void *)((char *)model + offsets[row]); })

#endif
