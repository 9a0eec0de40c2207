"""Measure what kubexit costs, compared with its peers and with bare C; docs/use/benchmarks.md explains it.

    python -m bench run        measure; results in .build/bench/results.json
    python -m bench compare    measure two commits in one run
    python -m bench page       charts and tables of docs/use/benchmarks.md, from the recorded results

One file, one noun: `measures` lists the measures, `programs` the programs, `results` keeps the values. C programs in
this folder take the times; `children` compiles them.
"""
