/*
 * The graveyard protocol: two containers, main (0) and sidecar (1), each under kubexit, in one folder.
 *
 * One statement, or one atomic block, is one system call on a file that the other container can see. Between any two
 * of them the other container can take any number of steps, and SIGKILL can end this one. docs/develop/model.md says
 * what is modelled and how a trail is read.
 *
 * -D MUTUAL: main also ends when sidecar dies. -D KEPT: the folder is left from an earlier run. -D CLEAR: an init
 * container clears it first. -D TWIN: a second kubexit with the name of main starts while main runs.
 * Further definitions are mutants: cases.toml lists them.
 */
#ifndef LIVES
#define LIVES 2         /* how often each container can start */
#endif
#ifndef KILLS
#define KILLS 2         /* how many SIGKILL there are, for both containers together */
#endif

#define OTHER (1 - n)
#define INODE(name, life) ((name) * (LIVES + 1) + (life) + 1)
#define INODES (2 * (LIVES + 1) + 1)        /* life 0 is that of a kept folder */

/* What is known of the other container: bits, as in ext/graveyard/peer.pyx. */
#define DIED 1
#define FAILED 2
#define CRASHED 4

mtype = { FOREVER, SUCCEEDS, FAILS };                   /* a command */
mtype = { NO_STONE, WAITING, BORN, DEAD };              /* a tombstone */
mtype = { NONE, OWNED, GONE };                          /* what the FIFO of a name shows */
mtype = { ABSENT, CLAIMS, WAITS, RUNS, DIES, FINISHED };/* a container; FINISHED: it is not started again */

typedef stone_t { mtype kind = NO_STONE; byte life; bool failed };

stone_t stone[2];
byte fifo[2];           /* the inode that the name leads to; 0: no file */
bool held[INODES];      /* a read end of this FIFO is open */
bool watched[2];        /* a container has its inotify watch */
bool event[2];          /* and an event is queued */
bool killed[2];         /* SIGKILL was sent */

/* What the properties are about; no container reads this. */
mtype state[2] = ABSENT;
byte deaths[2];         /* lives with a FIFO that have written their death, or were killed before */
bool bad_end[2];        /* the last of them failed or was killed */
bool crashed[2];        /* one of them ended without its death */
byte seen[2];           /* the inode of the other container's FIFO that this one has held and not seen as an old life's */
byte ends_us[2];        /* which facts end a container */

/* The FIFO that a death names; 0: none, as for a crash. */
#define NAMED(death) (death -> INODE(OTHER, death - 1) : 0)

#define CHANGED event[OTHER] = watched[OTHER]

inline put_fifo() {     /* mknodat, openat, renameat: it gets its name when it is held */
#ifdef FIFO_NAMED_FIRST
	atomic { fifo[n] = INODE(n, life); CHANGED; printf("STEP %d fifo-put\n", n) };
	held[INODE(n, life)] = true;
#else
	atomic { held[INODE(n, life)] = true; fifo[n] = INODE(n, life); CHANGED; printf("STEP %d fifo-put\n", n) };
#endif
}

inline remove_stone() {
	atomic {
		again = again || stone[n].kind != NO_STONE;
		if :: stone[n].kind != NO_STONE -> CHANGED :: else fi;
		stone[n].kind = NO_STONE; stone[n].life = 0; stone[n].failed = false;
		printf("STEP %d stone-removed\n", n)
	}
}

inline put_stone(what, bad) {
	atomic { stone[n].kind = what; stone[n].life = life; stone[n].failed = bad; CHANGED; printf("STEP %d stone-%e\n", n, what) }
}

inline put_death() {
	atomic { deaths[n]++; bad_end[n] = bad; buried = true; put_stone(DEAD, bad) }
}

inline remove_fifo() {
	atomic { if :: fifo[n] -> fifo[n] = 0; CHANGED :: else fi; printf("STEP %d fifo-removed\n", n) }
}

inline watch() {
	atomic { watched[n] = true; printf("STEP %d watch\n", n) }
}

/* Watch, then our FIFO, then away with our old tombstone: ext/steps/claim.pyx. */
inline claim() {
	atomic {
		again = fifo[n] != 0;                   /* a holder cannot be there: the kubelet starts one at a time */
		printf("STEP %d own-fifo-looked-at\n", n)
	};
#ifdef OLD_ORDER
	remove_stone();
#else
	if
	:: again && stone[n].kind != DEAD -> remove_stone()
	:: else
	fi;
#endif
#ifndef LOOK_BEFORE_WATCH
	if :: ends_us[n] -> watch() :: else fi;
#endif
	put_fifo();
	remove_stone()
}

inline open_fifo() {
	atomic {
		if
		:: fd != 0 -> owner = OWNED; printf("STEP %d peer-fifo-HELD\n", n)   /* no system call */
		:: fd == 0 && fifo[OTHER] == 0 -> owner = NONE; printf("STEP %d peer-fifo-NONE\n", n)
		:: fd == 0 && fifo[OTHER] != 0 && held[fifo[OTHER]] -> fd = fifo[OTHER]; owner = OWNED; printf("STEP %d peer-fifo-OWNED\n", n)
		:: fd == 0 && fifo[OTHER] != 0 && !held[fifo[OTHER]] -> owner = GONE; printf("STEP %d peer-fifo-GONE\n", n)
		fi;
		found = (fd -> fd : fifo[OTHER]);
#ifdef FIFO_OF_THE_DEAD
		if :: spent && owner == OWNED -> risen = true :: else fi
#else
		if :: spent && owner == OWNED && fd != old_fifo -> risen = true :: else fi
#endif
	}
}

inline read_stone() {
	atomic {
		facts = 0; death = 0;
		if
		:: stone[OTHER].kind == DEAD ->
			death = stone[OTHER].life + 1;
			if
			:: risen && death == old_death
			:: else -> facts = DIED | (stone[OTHER].failed -> FAILED : 0)
			fi
		:: else
		fi;
		ended = fd != 0 && !held[fd];
		printf("STEP %d peer-stone-%e\n", n, stone[OTHER].kind)
	}
}

/* ext/graveyard/peer.pyx, peer_conclude: the FIFO has no owner, and the tombstone has no death of its life. Did
 * another life begin between the two looks at the FIFO? Then neither look says anything about the tombstone. */
inline conclude() {
	if
	:: owner != OWNED ->
		atomic { first = found; before = owner };
#ifndef ONE_LOOK
		open_fifo();
#endif
		atomic {
			if
#ifdef OTHER_FIFO_COUNTS
			:: owner == OWNED -> soon = true
#else
			:: owner != before || found != first || (owner == NONE && event[n]) -> soon = true
#endif
			:: else ->
				lost = false;
				facts = DIED | FAILED | CRASHED;
#ifdef PROPERTY_CRASH
				assert(crashed[OTHER]);
#endif
				printf("STEP %d peer-crashed\n", n)
			fi;
			first = 0; before = NONE
		}
	:: else -> atomic { facts = facts | DIED; lost = false }
	fi
}

/* A death on the tombstone counts, unless the FIFO is of another life, which was killed before it removed that death. */
#ifdef DEATHS_WITHOUT_A_FIFO
#define COUNTS (facts & DIED)
#else
#define COUNTS ((facts & DIED) && !(owner == GONE && found != NAMED(death)))
#endif

inline look_once() {
	atomic {
		printf("STEP %d looks\n", n);
		event[n] = false;
		soon = false;
		if
		:: fd != 0 && !held[fd] -> fd = 0; lost = !spent
		:: else
		fi
	};
#ifdef STONE_FIRST
	read_stone();
	open_fifo();
#else
	open_fifo();
	read_stone();
#endif
	if
	:: COUNTS -> lost = false
	:: !COUNTS && (lost || owner == GONE) -> conclude()
	:: else
	fi
}

/* ext/graveyard/rebirth.pyx, rebirth_is_over */
#define OVER (!(facts & DIED) || (!(facts & CRASHED) && death != old_death))

/* One look, and what it means: ext/graveyard/peer.pyx, peer_look, and ext/steps/rebirth.pyx, rebirth_take. */
inline look() {
	look_once();
	/* An old life that ended during this look: at the first one of a container that was started again, each life is.
	 * kubexit asks in a further system call, which need not be a step: a repeated look is a look that is taken later. */
	do
#ifndef FIRST_LOOK_ONCE
	:: again && !known && !spent && !(facts & DIED) && ended -> atomic { fd = 0; lost = false }; look_once()
#endif
#ifndef LATER_LOOK_ONCE
	:: spent && OVER && ended && fd == old_fifo -> atomic { fd = 0; lost = false }; look_once()
#endif
	:: else -> break
	od;
	atomic {
		if
		:: spent && OVER ->
			spent = false
#ifndef ACT_AT_ONCE
		:: !spent && !known && state[n] == CLAIMS && again && (facts & ends_us[n]) ->
			spent = true;
			old_death = death;
#ifdef FIFO_AS_HELD
			old_fifo = fd
#else
			old_fifo = NAMED(death)
#endif
#endif
		:: else
		fi;
		known = known || !soon;
		owner = NONE; found = 0; ended = false;
		if :: fd && !spent -> seen[n] = fd :: else fi
	}
}

#define LEFT (event[n] || soon || (fd != 0 && !held[fd]))
#define DEADLY ((facts & ends_us[n]) && !spent)

/* The death of the other container ends this one. Was it one of the past, while its owner comes back? */
inline act() {
	atomic {
#ifdef PROPERTY_CRASH
		assert(deaths[OTHER] > 0);
#endif
#ifdef PROPERTY_SPENT
		assert(!again || late || deaths[OTHER] != deaths_before || state[OTHER] == FINISHED);
#endif
		printf("STEP %d acts\n", n)
	}
}

inline live() {
	claim();
	if :: ends_us[n] -> look() :: else fi;
	/* Other birth dependencies do not matter here: the command starts when no old death holds it back. */
	if
	:: spent -> atomic { state[n] = WAITS }; put_stone(WAITING, false)
	:: else
	fi;
	do
#ifndef DEAF_WAIT
	:: spent && LEFT -> look()
#endif
#ifndef NO_LIMIT
	:: spent && !LEFT && state[OTHER] == FINISHED -> atomic { spent = false; late = true; printf("STEP %d limit\n", n) }
#endif
	:: !spent -> break
	od;
	if
	:: DEADLY -> act(); bad = false          /* KUBEXIT_DEATH_DEPS alone: exit code 0, also after the limit */
	:: else ->
		put_stone(BORN, false);
		state[n] = RUNS;
#ifdef LOOK_BEFORE_WATCH
		if :: ends_us[n] -> watch() :: else fi;
#endif
		if :: plan = FOREVER :: n == 0 -> plan = SUCCEEDS :: n == 0 -> plan = FAILS fi;
		do
		:: LEFT ->
			look();
			if :: DEADLY -> act(); bad = false; break :: else fi
		:: atomic { plan == SUCCEEDS -> bad = false; printf("STEP %d command-succeeds\n", n) }; break
		:: atomic { plan == FAILS -> bad = true; printf("STEP %d command-fails\n", n) }; break
		od
	fi;
	state[n] = DIES;
	atomic { watched[n] = false; event[n] = false };
#ifdef FIFO_BEFORE_DEATH
	remove_fifo();
	put_death();
#else
	put_death();
	skip;                                           /* quit requests: the FIFO is still held */
	remove_fifo();
#endif
	printf("STEP %d exit-%d\n", n, bad)
}

/* SIGKILL or exit: the kernel closes what the process held. */
inline end_of_process() {
	printf("STEP %d gone\n", n);
	if
	:: held[INODE(n, life)] && !buried ->
		deaths[n]++;
		crashed[n] = true;
		bad_end[n] = true
	:: else
	fi;
	held[INODE(n, life)] = false;
	watched[n] = false; event[n] = false; seen[n] = 0;
	fd = 0; lost = false; spent = false; risen = false; known = false; soon = false; again = false; late = false;
	buried = false; bad = false; first = 0; before = NONE; found = 0; ended = false; facts = 0; death = 0; old_death = 0; old_fifo = 0; owner = NONE; plan = FOREVER
}

proctype kubexit(byte n; byte life) {
	byte fd, found, first, facts, death, old_death, old_fifo, deaths_before;
	bool lost, spent, risen, known, soon, again, late, buried, bad, ended;
	mtype owner = NONE, before = NONE, plan = FOREVER;
	byte left = LIVES;
	do
	:: atomic { state[n] = CLAIMS; deaths_before = deaths[OTHER]; left--; printf("STEP %d start\n", n) };
		{ live() } unless { atomic { killed[n] -> printf("STEP %d killed\n", n) } };
		atomic {
			killed[n] = false;
			end_of_process();
			if
			:: state[n] = FINISHED; break
			:: left > 0 -> state[n] = ABSENT; life++
			fi
		}
	od
}

/* A second kubexit with the name of main, in its container: ext/steps/claim.pyx, claim_holder. */
proctype twin() {
	byte n = 0, life;
	bool again;
	state[0] == RUNS;
#ifdef TWIN_CLAIMS
	remove_stone();
	put_stone(DEAD, false)
#else
	atomic { fifo[0] != 0 && held[fifo[0]] -> printf("STEP 0 twin-is-alone\n") }
#endif
}

proctype killer() {
	byte left = KILLS;
	do
	:: left > 0 -> atomic { state[0] != ABSENT && state[0] != FINISHED && !killed[0] -> killed[0] = true; left-- }
	:: left > 0 -> atomic { state[1] != ABSENT && state[1] != FINISHED && !killed[1] -> killed[1] = true; left-- }
	:: break
	od
}

/* What an earlier run of the pod left: it ended in order, was killed in its quit requests, or crashed. */
inline leave_behind(n) {
	if
	:: stone[n].kind = DEAD
	:: stone[n].kind = DEAD; stone[n].failed = true; bad_end[n] = true
	:: stone[n].kind = DEAD; fifo[n] = INODE(n, 0)
	:: stone[n].kind = BORN; fifo[n] = INODE(n, 0); crashed[n] = true; bad_end[n] = true
	fi;
	deaths[n] = 1;
	printf("LEFT %d %e %d %d\n", n, stone[n].kind, stone[n].failed, fifo[n] != 0)
}

/* kubexit --clear in an init container: file by file in any order, and again if it was killed. */
inline clear() {
	do
	:: stone[0].kind != NO_STONE -> stone[0].kind = NO_STONE; stone[0].failed = false
	:: stone[1].kind != NO_STONE -> stone[1].kind = NO_STONE; stone[1].failed = false
	:: fifo[0] -> fifo[0] = 0
	:: fifo[1] -> fifo[1] = 0
#ifdef CLEARED_IN_PART
	:: printf("CLEARED in part\n"); break
#endif
	:: stone[0].kind == NO_STONE && stone[1].kind == NO_STONE && !fifo[0] && !fifo[1] ->
		crashed[0] = false; crashed[1] = false;
		deaths[0] = 0; deaths[1] = 0;
		bad_end[0] = false; bad_end[1] = false;
		printf("CLEARED\n");
		break
	od
}

#define HANGS(n) (state[n] == WAITS)
/* A running container whose other one is dead for good, or of which a life that was seen is over. */
#define GONE_FOR_GOOD(n) (state[1 - (n)] == FINISHED && deaths[1 - (n)] > 0 && (ends_us[n] == DIED || bad_end[1 - (n)]))
#define MISSED(n) (state[n] == RUNS && ends_us[n] && (GONE_FOR_GOOD(n) || (ends_us[n] == DIED && seen[n] && !held[seen[n]])))

init {
	atomic {
#if defined(KEPT) || defined(CLEAR)
		leave_behind(0);
		leave_behind(1);
#endif
#ifdef CLEAR
		clear();
#endif
#ifdef MUTUAL
		ends_us[0] = DIED;
		ends_us[1] = DIED;
#else
		if :: ends_us[1] = DIED :: ends_us[1] = FAILED fi;
#endif
		printf("ENDS %d %d\n", ends_us[0], ends_us[1]);
#if defined(KEPT) || defined(CLEAR)
		run kubexit(0, 1);
		run kubexit(1, 1);
#else
		run kubexit(0, 0);
		run kubexit(1, 0);
#endif
		run killer();
#ifdef TWIN
		run twin();
#endif
	};
	/* Nothing can happen any longer, or nothing but a look. */
	timeout;
	printf("END 0 %e %e %d %d\n", state[0], stone[0].kind, stone[0].failed, fifo[0] != 0);
	printf("END 1 %e %e %d %d\n", state[1], stone[1].kind, stone[1].failed, fifo[1] != 0);
#ifdef PROPERTY_MISSED
	assert(!MISSED(0) && !MISSED(1));
#endif
#ifdef PROPERTY_HANG
	assert(!HANGS(0) && !HANGS(1));
#endif
	skip
}
