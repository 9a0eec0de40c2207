/* The words of the transition table: the phases of a supervisor, the events that it meets, the actions
 * that follow, each with its meaning. The names, docs/develop/architecture.md and its diagram are made from here. */
#ifndef KUBEXIT_TRANSITION_WORDS_H
#define KUBEXIT_TRANSITION_WORDS_H

/* Before the command: BIRTH to ABANDONING. With a command: LIFE to KILLED. After it: the rest. */
#define KUBEXIT_PHASES(PHASE) \
    PHASE(BIRTH, "wait for birth dependencies, and for the owners of old deaths to be started again") \
    PHASE(EXPIRED, "the birth timeout is over; the waiter has half a second to report what it last saw, " \
        "and readiness that it reports now still counts") \
    PHASE(ABANDONING, "the wait was given up; only the end of its children is awaited") \
    PHASE(LIFE, "the command runs") \
    PHASE(DEFERRED, "SIGTERM came from outside and waits for the containers of KUBEXIT_TERM_AFTER, " \
        "for less than one grace period") \
    PHASE(DEFERRED_DELAY, "no container of KUBEXIT_TERM_AFTER runs; the stop delay or KUBEXIT_TERM_DELAY runs, " \
        "then the kept SIGTERM is forwarded") \
    PHASE(DEFERRED_DYING, "the same after the death of a dependency: the grace period follows") \
    PHASE(ASKED, "SIGTERM came from outside and was forwarded; there is no deadline of kubexit, but " \
        "SIGQUIT, which may be a request for a thread dump, counts for one grace period") \
    PHASE(DELAY, "a dependency died; the stop delay runs") \
    PHASE(DYING, "the command has kubexit's stop signal; the grace period runs, and a request to stop from outside " \
        "is not forwarded") \
    PHASE(ENDING, "a signal from outside, and a dependency's death or the end of the command's time: the grace period runs, " \
        "without a stop signal of kubexit; a further signal from outside is forwarded") \
    PHASE(KILLED, "the command has SIGKILL") \
    PHASE(ORPHANS, "the command has ended; the processes that it left have SIGTERM") \
    PHASE(ORPHANS_KILLED, "they have SIGKILL") \
    PHASE(QUIT, "the death is on the tombstone; sidecars without kubexit are asked to quit") \
    PHASE(QUIT_HURRIED, "a signal asks kubexit to end meanwhile; half a second is left") \
    PHASE(END, "the name is released; nothing is left to do")

#define KUBEXIT_EVENTS(EVENT) \
    EVENT(BIRTH_UNMET, "the first look found a birth dependency missing") \
    EVENT(DEATH_SPENT, "the first look of a container that was started again found a death") \
    EVENT(REBIRTH_LATE, "the time in which its owner can be started again is over") \
    EVENT(CHILD_DUE, "a child of the wait must be started, or started again") \
    EVENT(WAITER_LOST, "a signal from outside ended the waiter") \
    EVENT(PROBE_LOST, "the probe of the birth URLs ended too early") \
    EVENT(BIRTH_READY, "no birth dependency is missing") \
    EVENT(BIRTH_UNAVAILABLE, "the waiter reports that the wait is in vain") \
    EVENT(BIRTH_FAILED, "the birth can never succeed") \
    EVENT(CHILDREN_GONE, "no child of the wait is left") \
    EVENT(START_REFUSED, "the command will not be started: bad settings, or an unusable graveyard") \
    EVENT(TIME_UP, "the deadline of the phase is over") \
    EVENT(DEPENDENCY_DIED, "a dependency died whose death ends the command") \
    EVENT(LIMIT_REACHED, "the time is over in which the command may run, or must be ready") \
    EVENT(SIGNAL_DEFERRED, "a request to stop, from outside; other containers must exit first, or a delay is set") \
    EVENT(DEFERRAL_OVER, "they have exited, or KUBEXIT_TERM_DELAY alone keeps the request") \
    EVENT(SIGNAL_STOP, "SIGTERM or the stop signal; while no command runs, any signal of the container runtime") \
    EVENT(SIGNAL_QUIT, "SIGQUIT of the container runtime, while the command runs") \
    EVENT(SIGNAL_INTERRUPT, "SIGINT, or SIGQUIT of another process or of a terminal") \
    EVENT(SIGNAL_HANGUP, "SIGHUP, from outside") \
    EVENT(SIGNAL_OTHER, "any other signal") \
    EVENT(SIGNAL_REFUSED, "the command could not be sent the request to stop") \
    EVENT(WAIT_FAILED, "the event loop cannot wait: the system refuses ppoll") \
    EVENT(COMMAND_ENDED, "the command exited, or could not be started") \
    EVENT(ORPHANS_GONE, "no descendant is left") \
    EVENT(ROUND_DONE, "no quit request of this round is running, and another round follows") \
    EVENT(QUIT_DONE, "no quit request is running")

#define KUBEXIT_ACTIONS(ACTION) \
    ACTION(NONE, "do nothing") \
    ACTION(WAIT, "start the birth timeout and the children that ask") \
    ACTION(AWAIT_REBIRTH, "start KUBEXIT_REBIRTH_TIMEOUT; until then the death does not count") \
    ACTION(GIVE_UP_REBIRTH, "let the death count") \
    ACTION(ASK, "start the children of the wait that are needed and do not run") \
    ACTION(ASK_LATER, "start the lost child again after a pause") \
    ACTION(START, "start the command") \
    ACTION(ABANDON, "end the children of the wait, remember why") \
    ACTION(EXPIRE, "tell the children of the wait that time is up") \
    ACTION(KILL_CHILDREN, "send them SIGKILL") \
    ACTION(TIME_OUT, "do what KUBEXIT_BIRTH_ON_TIMEOUT says") \
    ACTION(FAIL, "write the death with the exit code of the failed birth, then ask sidecars to quit") \
    ACTION(FORWARD, "forward the signal") \
    ACTION(FORWARD_STOP, "forward the request to stop; it counts from now on, SIGQUIT for one grace period") \
    ACTION(DEFER, "keep the signal") \
    ACTION(FORWARD_QUIT, "forward SIGQUIT; if so far only a SIGQUIT counts, it counts for another grace period") \
    ACTION(KEEP_INSTEAD, "forward the kept SIGQUIT, a request for a thread dump, and keep this signal") \
    ACTION(REPLACE_DEFERRED, "forward the signal in place of the kept one") \
    ACTION(FORWARD_DEFERRED, "forward the kept signal") \
    ACTION(FORWARD_DEFERRED_GRACE, "forward the kept signal, start the grace period") \
    ACTION(REPLACE_DEFERRED_GRACE, "forward the signal in place of the kept one, start the grace period") \
    ACTION(DELAY_DEFERRED, "start the stop delay, but not beyond the time for which the signal can be kept, nor before " \
        "KUBEXIT_TERM_DELAY is over") \
    ACTION(DEFER_IN_DELAY, "keep the signal until the stop delay is over") \
    ACTION(FORGET_REQUEST, "let the request to stop no longer count") \
    ACTION(DELAY, "start the stop delay") \
    ACTION(STOP, "send the stop signal, start the grace period") \
    ACTION(GRACE, "start the grace period") \
    ACTION(FORWARD_GRACE, "forward the signal, start the grace period") \
    ACTION(KILL, "send SIGKILL to the command") \
    ACTION(GIVE_UP, "write a death with exit code 70, then ask sidecars to quit") \
    ACTION(TERM_ORPHANS, "choose the exit code, send SIGTERM to what the command left") \
    ACTION(KILL_ORPHANS, "send SIGKILL to it") \
    ACTION(WRITE_DEATH, "write the death to the tombstone, then ask sidecars to quit") \
    ACTION(QUIT, "ask sidecars to quit") \
    ACTION(QUIT_NEXT, "send the quit requests of the next round") \
    ACTION(QUIT_LATE, "end the quit requests of this round") \
    ACTION(QUIT_SOON, "leave the quit requests half a second, and send the requests of all rounds that are left") \
    ACTION(QUIT_ABORT, "end the quit requests, remove the FIFO") \
    ACTION(RELEASE_NAME, "remove the FIFO")

#define KUBEXIT_PHASE(name, meaning) PHASE_##name,
#define KUBEXIT_EVENT(name, meaning) EVENT_##name,
#define KUBEXIT_ACTION(name, meaning) ACTION_##name,
enum phase { KUBEXIT_PHASES(KUBEXIT_PHASE) PHASE_COUNT };
enum event { KUBEXIT_EVENTS(KUBEXIT_EVENT) EVENT_COUNT };
enum action { KUBEXIT_ACTIONS(KUBEXIT_ACTION) ACTION_COUNT };

/* The supervisor logs names: arrays, since pointers would be relocated at each start. Only docs and tests read meanings. */
#define KUBEXIT_NAME(name, meaning) #name,
#define KUBEXIT_MEANING(name, meaning) meaning,
static const char PHASE_NAMES[][24] = {KUBEXIT_PHASES(KUBEXIT_NAME)};
static const char EVENT_NAMES[][24] = {KUBEXIT_EVENTS(KUBEXIT_NAME)};
static const char ACTION_NAMES[][24] = {KUBEXIT_ACTIONS(KUBEXIT_NAME)};
static const char *const PHASE_MEANINGS[] = {KUBEXIT_PHASES(KUBEXIT_MEANING)};
static const char *const EVENT_MEANINGS[] = {KUBEXIT_EVENTS(KUBEXIT_MEANING)};
static const char *const ACTION_MEANINGS[] = {KUBEXIT_ACTIONS(KUBEXIT_MEANING)};

#endif
