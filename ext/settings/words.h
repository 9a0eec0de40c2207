/* Words that a setting can be, and what each means; --help lists them in this order. */
#ifndef KUBEXIT_SETTINGS_WORDS_H
#define KUBEXIT_SETTINGS_WORDS_H

#include "base/log_format.h"
#include "settings/row.h"

enum { LOG_TEXT, LOG_JSON };
enum { POLICY_ANY, POLICY_ALL };
enum { CODE_KEEP = -1, CODE_DEPENDENCY = -2, CODE_UNSET = -3 };
enum { ON_TIMEOUT_FAIL, ON_TIMEOUT_START };
enum { SOURCE_KUBERNETES, SOURCE_GRAVEYARD };
enum { QUIT_ALWAYS, QUIT_ON_SUCCESS, QUIT_ON_FAILURE, QUIT_NEVER };
enum { MESH_NONE, MESH_ISTIO, MESH_LINKERD, MESH_ISTIO_NATIVE, MESH_LINKERD_NATIVE };

#define SETTING_WORDS_LIST(WORD) \
    WORD(LOG_LEVEL, "debug", LOG_DEBUG) \
    WORD(LOG_LEVEL, "info", LOG_INFO) \
    WORD(LOG_LEVEL, "warn", LOG_WARN) \
    WORD(LOG_LEVEL, "error", LOG_ERROR) \
    WORD(LOG_LEVEL, "off", LOG_OFF) \
    WORD(LOG_FORMAT, "text", LOG_TEXT) \
    WORD(LOG_FORMAT, "json", LOG_JSON) \
    WORD(DEATH_POLICY, "any", POLICY_ANY) \
    WORD(DEATH_POLICY, "all", POLICY_ALL) \
    WORD(EXIT_CODE_ON_STOP, "keep", CODE_KEEP) \
    WORD(EXIT_CODE_ON_STOP, "zero", 0) \
    WORD(EXIT_CODE_ON_STOP, "dependency", CODE_DEPENDENCY) \
    WORD(EXIT_CODE_ON_TERM, "keep", CODE_KEEP) \
    WORD(EXIT_CODE_ON_TERM, "zero", 0) \
    WORD(EXIT_CODE_ON_KILL, "keep", CODE_KEEP) \
    WORD(EXIT_CODE_ON_KILL, "zero", 0) \
    WORD(EXIT_CODE_ON_KILL, "dependency", CODE_DEPENDENCY) \
    WORD(BIRTH_ON_TIMEOUT, "fail", ON_TIMEOUT_FAIL) \
    WORD(BIRTH_ON_TIMEOUT, "start", ON_TIMEOUT_START) \
    WORD(BIRTH_SOURCE, "kubernetes", SOURCE_KUBERNETES) \
    WORD(BIRTH_SOURCE, "graveyard", SOURCE_GRAVEYARD) \
    WORD(DEATH_SOURCE, "kubernetes", SOURCE_KUBERNETES) \
    WORD(DEATH_SOURCE, "graveyard", SOURCE_GRAVEYARD) \
    WORD(QUIT_POLICY, "always", QUIT_ALWAYS) \
    WORD(QUIT_POLICY, "success", QUIT_ON_SUCCESS) \
    WORD(QUIT_POLICY, "failure", QUIT_ON_FAILURE) \
    WORD(QUIT_POLICY, "never", QUIT_NEVER) \
    WORD(MESH, "istio", MESH_ISTIO) \
    WORD(MESH, "linkerd", MESH_LINKERD) \
    WORD(MESH, "istio-native", MESH_ISTIO_NATIVE) \
    WORD(MESH, "linkerd-native", MESH_LINKERD_NATIVE)

typedef struct {
    int setting;
    const char *word;
    int meaning;
} setting_word_t;

#define SETTING_WORD(id, word, meaning) {SETTING_##id, word, meaning},
static const setting_word_t SETTING_WORDS[] = {SETTING_WORDS_LIST(SETTING_WORD)};
enum { SETTING_WORD_COUNT = sizeof SETTING_WORDS / sizeof SETTING_WORDS[0] };

#endif
