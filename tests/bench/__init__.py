"""What kubexit costs, beside its peers and beside the least that is possible; docs/use/benchmarks.md explains it.

    python -m bench run        measure; results in .build/bench/results.json
    python -m bench compare    measure two commits in one run
    python -m bench page       charts and tables of docs/use/benchmarks.md, from the recorded results

One file, one noun: `measures` lists what is measured, `programs` of whom, `results` keeps it. Times are taken by the C
programs beside these files, which `children` compiles.
"""
