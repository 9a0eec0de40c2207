# cython: language_level=3, cdivision=True, binding=False, embedsignature=True
"""The native unit of kubexit: a process supervisor that needs no interpreter.

One translation unit, so that no part is reached through a pointer that only an
import would fill. Each folder uses only the folders before it in this list; only
bindings.pyx, the last part, has Python objects.
"""

# base/: what any program needs: text, time, one line on stderr, one HTTP request
include "base/version.pyx"                    # of kubexit
include "base/exitcodes.pyx"                  # every number kubexit exits with
include "base/text.pyx"                       # bounded text, questions about bytes
include "base/text_list.pyx"                  # lists in messages
include "base/clock.pyx"                      # monotonic time for waiting, RFC 3339 for people
include "base/log.pyx"                        # one line, one write, never blocking
include "base/duration.pyx"                   # "1m30s" to nanoseconds
include "base/path.pyx"                       # absolute and tidy
include "base/address.pyx"                    # "[ADDRESS:]PORT" without name resolution
include "base/url.pyx"                        # "http://…", and who can ask it
include "base/signals.pyx"                    # blocked first, read as data, given back to children
include "base/signal_origin.pyx"              # the terminal, the runtime, the command itself
include "base/pod_cgroup.pyx"                 # are two processes of one pod?
include "base/poll.pyx"                       # one entry of a poll set
include "base/proc.pyx"                       # the processes in /proc
include "base/process.pyx"                   # a new child: bound to us, executes a program along PATH
include "base/http.pyx"                       # one plain request

# settings/: the environment as one struct
include "settings/dependency.pyx"             # what we want of a peer, what is known of it
include "settings/table.pyx"                  # a row for each variable, and the struct of their fields
include "settings/words.pyx"                  # "any", "all": the words that some can be
include "settings/refusal.pyx"                # the line about a bad value
include "settings/value.pyx"                  # values of simple kinds
include "settings/name.pyx"                   # a name
include "settings/dependency_lists.pyx"       # "db, migrate:succeeded"
include "settings/url_lists.pyx"              # "http://localhost:15020/quitquitquit", a mesh's
include "settings/readiness.pyx"              # which probe, of what
include "settings/pod.pyx"                    # the pod's name, if the API is asked
include "settings/service_link.pyx"           # variables of Kubernetes that look like ours
include "settings/unknown.pyx"                # variables that do not exist: did you mean …?
include "settings/collect.pyx"                # our variables in the environment
include "settings/settings.pyx"               # all rows, by stage; what they decide together

# graveyard/: the shared folder: tombstones, the watch, who is alive
include "graveyard/clear.pyx"                 # what --graveyard clears away
include "graveyard/tombstone.pyx"             # a life as text
include "graveyard/tombstone_parser.pyx"      # any text as a life
include "graveyard/graveyard.pyx"             # the folder: open, write, read
include "graveyard/watch.pyx"                 # inotify on it
include "graveyard/liveness.pyx"              # the FIFO that shows a crash
include "graveyard/name_socket.pyx"           # a name that is held without a FIFO
include "graveyard/peer.pyx"                  # one dependency: its FIFO and its tombstone

# options/: what kubexit does besides supervising
include "options/options.pyx"                 # --help, --version, --install, --graveyard
include "options/help.pyx"                    # what --help prints
include "options/copy.pyx"                    # copy the running file, whole or not at all
include "options/install.pyx"                 # what --install puts in place
include "options/cp.pyx"                      # the same, called by the name cp

# state/: the phases, and the one struct that all steps share
include "state/transition.pyx"                # (phase, event) to (phase, action): transition_table.h decides
include "state/state.pyx"                     # the struct; events wait in it for a decision
include "state/termination_message.pyx"       # the line on /dev/termination-log

# children/: processes that we start
include "children/child.pyx"                  # a fork that stays in our code
include "children/command.pyx"                # start it
include "children/command_signals.pyx"        # signal it
include "children/waiter.pyx"                 # the child that asks the API
include "children/probe.pyx"                  # the child that asks URLs until they answer
include "children/notify_address.pyx"         # where READY=1 is sent to
include "children/readiness_probe.pyx"        # is our own command ready?

# steps/: what is done between birth and death; a step posts events and decides nothing
include "steps/claim.pyx"                     # watch, FIFO, old tombstone away
include "steps/birth.pyx"                     # the wait before the command
include "steps/birth_report.pyx"              # what was missing when the time was up
include "steps/birth_end.pyx"                 # the wait ends without readiness
include "steps/start.pyx"                     # the command starts, its birth is written
include "steps/readiness_child.pyx"           # probes of our command that are processes
include "steps/term_after.pyx"                # a SIGTERM that waits for other containers
include "steps/observe.pyx"                   # which dependencies to read, and what that shows
include "steps/reaper.pyx"                    # collect a child that ended
include "steps/orphans.pyx"                   # what the command left behind
include "steps/death.pyx"                     # the death is written
include "steps/quit_processes.pyx"            # SIGTERM to sidecars in a shared PID namespace
include "steps/quit_requests.pyx"             # requests to sidecars without kubexit

# loop/: finds events, has the table decide, acts
include "loop/actions.pyx"                    # acts
include "loop/look.pyx"                       # at the graveyard, at children that ended
include "loop/signal_events.pyx"              # what kind of event a signal is
include "loop/eventloop.pyx"                  # one poll for everything: finds events
include "loop/lifecycle.pyx"                  # kubexit_run: from the settings to the exit code

# The Python door
include "bindings.pyx"     # the only part that sees Python
