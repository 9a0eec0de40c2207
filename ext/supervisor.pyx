# cython: language_level=3, cdivision=True, binding=False, embedsignature=True
"""The native unit of kubexit: a process supervisor that needs no interpreter.

One translation unit, so that no part is reached through a pointer that only an
import would fill. Each folder uses only the folders before it in this list; only
the bindings, the last parts, have Python objects.
"""

# base/: what any program needs: text, time, one line on stderr, one HTTP request
include "base/version.pyx"                    # of kubexit
include "base/exitcodes.pyx"                  # every number kubexit exits with
include "base/utf8.pyx"                       # one character of a text
include "base/text.pyx"                       # bounded text, questions about bytes
include "base/text_list.pyx"                  # lists in messages
include "base/byte_order_mark.pyx"            # what an editor may write before a text
include "base/clock.pyx"                      # monotonic time for waiting, RFC 3339 for people
include "base/log.pyx"                        # one line, one write, never blocking
include "base/output.pyx"                     # text of any length on stdout
include "base/duration.pyx"                   # "1m30s" to nanoseconds
include "base/path.pyx"                       # absolute and tidy
include "base/address.pyx"                    # "[ADDRESS:]PORT" without name resolution
include "base/url.pyx"                        # "http://…", and who can ask it
include "base/signals.pyx"                    # blocked first, read as data, given back to children
include "base/signal_origin.pyx"              # the terminal, the runtime, the command itself
include "base/pod_cgroup.pyx"                 # are two processes of one pod?
include "base/poll.pyx"                       # what poll(2) waits for
include "base/pages.pyx"                      # what only the start needs is let go
include "base/proc.pyx"                       # the processes in /proc
include "base/process.pyx"                   # a new child: bound to us, executes a program along PATH
include "base/http_answer.pyx"                # up to the status that counts
include "base/http.pyx"                       # one plain request
include "base/termination_message.pyx"        # the line on /dev/termination-log

# settings/: the environment as one struct
include "settings/problems.pyx"               # all lines about bad settings
include "settings/dependency.pyx"             # what we want of a peer, what is known of it
include "settings/dependency_deaths.pyx"      # which of their deaths end us
include "settings/plan.pyx"                   # one text for all containers of the pod
include "settings/table.pyx"                  # a row for each variable
include "settings/fields.pyx"                 # the struct of their fields
include "settings/dependency_term.pyx"        # which of them hold a SIGTERM
include "settings/words.pyx"                  # "any", "all": the words that some can be
include "settings/refusal.pyx"                # the line about a bad value
include "settings/value.pyx"                  # values of simple kinds
include "settings/name.pyx"                   # a name
include "settings/dependency_lists.pyx"       # "db, migrate:succeeded"
include "settings/mesh.pyx"                   # a proxy, native sidecar or not
include "settings/url_lists.pyx"              # "http://localhost:15020/quitquitquit", a mesh's
include "settings/signal_map.pyx"             # "TERM:QUIT": what the command gets in place of a signal
include "settings/codes.pyx"                  # "143": codes that count as success
include "settings/readiness.pyx"              # which probe, of what
include "settings/pod.pyx"                    # the pod's name, if the API is asked
include "settings/service_link.pyx"           # variables of Kubernetes that look like ours
include "settings/unknown.pyx"                # variables that do not exist: did you mean …?
include "settings/no_pod.pyx"                 # nothing was set up: a plain init
include "settings/collect.pyx"                # our variables in the environment
include "settings/plan_parser.pyx"            # lines NAME: SETTING=VALUE ...
include "settings/plan_words.pyx"             # which settings it can have
include "settings/plan_own.pyx"               # our line, and what it means for us
include "settings/groups.pyx"                 # what they are for
include "settings/settings.pyx"               # all rows, by stage; what they decide together
include "settings/plan_check.pyx"             # all lines, before anything starts

# graveyard/: the shared folder: tombstones, the watch, who is alive
include "graveyard/tombstone.pyx"             # a life as text
include "graveyard/tombstone_words.pyx"       # what only kubexit writes: WaitsFor, Probe
include "graveyard/tombstone_line.pyx"        # a line as a key and its value
include "graveyard/tombstone_parser.pyx"      # any text as a life
include "graveyard/tombstone_value.pyx"       # the value of any key, decoded
include "graveyard/tombstone_time.pyx"        # a time as nanoseconds
include "graveyard/graveyard.pyx"             # the folder: open, write, read
include "graveyard/watch.pyx"                 # inotify on it
include "graveyard/liveness.pyx"              # the FIFO that shows a crash
include "graveyard/name_socket.pyx"           # a name that is held without a FIFO
include "graveyard/clear.pyx"                 # what --clear removes
include "graveyard/rebirth.pyx"               # is the owner of an old death started again?
include "graveyard/peer_api.pyx"              # one dependency as the Kubernetes API shows it
include "graveyard/survey.pyx"                # all containers of a graveyard, and their states
include "graveyard/survey_look.pyx"           # a look at one of them
include "graveyard/survey_take.pyx"           # a look at all of them
include "graveyard/peer_fifo.pyx"             # one dependency: its FIFO, and when the end of it is a crash
include "graveyard/peer.pyx"                  # one dependency: its FIFO and its tombstone

# options/: what kubexit does besides supervising
include "options/options.pyx"                 # --help, --version, --install, --clear
include "options/look_arguments.pyx"          # of the commands that look at a graveyard
include "options/look.pyx"                    # --status, --wait, --timeline
include "options/conditions.pyx"              # NAME:CONDITION, and whether that is met
include "options/wait.pyx"                    # until it is met
include "options/status.pyx"                  # a table of all containers
include "options/status_json.pyx"             # the same for programs
include "options/timeline.pyx"                # the lives of all containers as a picture
include "options/timeline_row.pyx"            # one life
include "options/timeline_axis.pyx"           # what is around the lives
include "options/help.pyx"                    # what --help prints
include "options/copy.pyx"                    # copy the running file, whole or not at all
include "options/install.pyx"                 # what --install puts in place
include "options/cp.pyx"                      # the same, called by the name cp

# state/: the phases, and the one struct that all steps share
include "state/transition.pyx"                # (phase, event) to (phase, action): transition_table.h decides
include "state/parts.pyx"                     # structs of the command, the birth, the probe, quit requests
include "state/state.pyx"                     # the struct; events wait in it for a decision
include "state/reason.pyx"                    # why the command is stopped

# children/: processes that we start
include "children/child.pyx"                  # a fork that stays in our code
include "children/command.pyx"                # start it
include "children/command_signals.pyx"        # signal it
include "children/waiter.pyx"                 # the child that asks the API
include "children/verdict.pyx"                # of the waiter, before its end
include "children/watcher.pyx"                # the child that reports deaths from the API
include "children/probe.pyx"                  # the child that asks URLs until they answer
include "children/notify_address.pyx"         # where READY=1 is sent to
include "children/readiness_probe.pyx"        # is our own command ready?

# steps/: what is done between birth and death; a step posts events and decides nothing
include "steps/hint.pyx"                      # what is probably wrong in the manifest
include "steps/claim.pyx"                     # watch, FIFO, old tombstone away
include "steps/stone.pyx"                     # our tombstone as long as we live
include "steps/rebirth.pyx"                   # deaths of an earlier run do not count yet
include "steps/watching.pyx"                  # the watcher is started, read, started again
include "steps/cycle.pyx"                     # birth dependencies that lead back to us
include "steps/relations.pyx"                 # what can never be met, as soon as it can be known
include "steps/birth.pyx"                     # the wait before the command
include "steps/birth_report.pyx"              # what was missing when the time was up
include "steps/missing.pyx"                   # containers that do not appear, in words
include "steps/missing_report.pyx"            # repeated lines about them
include "steps/birth_end.pyx"                 # the wait ends without readiness
include "steps/limits.pyx"                    # how long the command may run
include "steps/start.pyx"                     # the command starts, its birth is written
include "steps/readiness_child.pyx"           # probes of our command that are processes
include "steps/term_after.pyx"                # a SIGTERM that waits for other containers
include "steps/observe.pyx"                   # which dependencies to read, and what that shows
include "steps/reaper.pyx"                    # collect a child that ended
include "steps/orphans.pyx"                   # what the command left behind
include "steps/death_code.pyx"                # the exit code, and why
include "steps/death.pyx"                     # the death is written
include "steps/quit_wait.pyx"                 # until the sidecars have ended
include "steps/quit_processes.pyx"            # SIGTERM to sidecars in a shared PID namespace
include "steps/quit_requests.pyx"             # requests to sidecars without kubexit

# loop/: finds events, has the table decide, acts
include "loop/forward.pyx"                    # signals that are forwarded or kept
include "loop/actions.pyx"                    # acts
include "loop/look.pyx"                       # at the graveyard, at children that ended
include "loop/signal_events.pyx"              # what kind of event a signal is
include "loop/limit_events.pyx"               # the command's time is over
include "loop/eventloop.pyx"                  # one poll for everything: finds events
include "loop/job_control.pyx"               # are we the foreground job of a terminal?
include "loop/lifecycle.pyx"                  # kubexit_run: from the settings to the exit code

# The Python door: the only parts that see Python
include "bindings/c_strings.pyx"              # bytes as an argv
include "bindings/tombstones.pyx"             # windows onto tombstones
include "bindings/settings.pyx"               # windows onto the settings
include "bindings.pyx"                        # run(), and windows onto all other parts
