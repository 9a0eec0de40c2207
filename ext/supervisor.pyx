# cython: language_level=3, cdivision=True, binding=False, embedsignature=True
"""The native unit of kubexit: a process supervisor that needs no interpreter.

One translation unit, so that no part is reached through a pointer that only an
import would fill. The parts, in the order in which a container lives; none of
them has a Python object in it but the last.
"""
include "exitcodes.pyx"         # every number kubexit leaves with
include "text.pyx"              # bounded text, questions about bytes
include "clock.pyx"             # monotonic time for waiting, RFC 3339 for people
include "log.pyx"               # one line, one write, never blocking
include "duration.pyx"          # "1m30s" to nanoseconds
include "path.pyx"              # absolute and tidy
include "address.pyx"           # "[ADDRESS:]PORT" without name resolution
include "url.pyx"               # "http://…", and who can ask it
include "dependency.pyx"        # what we want of a peer, what is known of it
include "ready.pyx"             # the probe of our own command
include "setting.pyx"           # one value, understood or refused
include "setting_lists.pyx"     # "db, migrate:succeeded"
include "setting_urls.pyx"      # "http://localhost:15020/quitquitquit", a mesh's
include "settings_ready.pyx"    # which probe, of what
include "settings_collect.pyx"  # our variables in the environment
include "settings.pyx"          # the environment as one struct
include "options.pyx"           # --help, --version, --install, --graveyard
include "help.pyx"              # what --help prints
include "copy.pyx"              # the running file once more, whole or not at all
include "install.pyx"           # what --install puts in place
include "cp.pyx"                # the same, called by the name cp
include "generation.pyx"        # what --graveyard clears away
include "signals.pyx"           # blocked first, read as data, given back to children
include "tombstone.pyx"         # a life as text
include "inscription.pyx"       # any text as a life
include "graveyard.pyx"         # the folder: open, carve, read
include "watch.pyx"             # inotify on it
include "liveness.pyx"          # the FIFO that tells a crash
include "peer.pyx"              # one look at a dependency
include "entrance.pyx"          # watch, FIFO, old tombstone away
include "waiter.pyx"            # the child that asks the API
include "http.pyx"              # one plain request
include "probe.pyx"             # the child that asks URLs until they answer
include "birth.pyx"             # the wait before the command
include "missing.pyx"           # what it waited for in vain
include "command.pyx"           # start it, signal it
include "start.pyx"             # the command starts, its birth is carved
include "ready_process.pyx"     # probes of our command that are processes
include "hold.pyx"              # a TERM that waits for others
include "reaper.pyx"            # collect every child that ended
include "drain.pyx"             # what the command left behind
include "burial.pyx"            # its death is carved
include "quit.pyx"              # sidecars that cannot be wrapped are asked to end
include "quit_processes.pyx"    # or get a TERM, in a shared PID namespace
include "notice.pyx"            # the line on /dev/termination-log
include "transition.pyx"        # (phase, event) to (phase, action): decides
include "eventloop.pyx"         # one poll for everything: finds events
include "lookout.pyx"           # what the graveyard tells
include "action.pyx"            # performs
include "lifecycle.pyx"         # kubexit_run: the story in one function
include "bindings.pyx"          # the only part that sees Python
