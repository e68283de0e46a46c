# Everyday commands for https://just.systems; `just` lists them.

_list:
    @{{ just_executable() }} --list --unsorted

# run the program: `just run -f scenarios/hello.yaml`
run *arguments:
    cargo run --release -- {{ arguments }}

# open the dashboard with a target included, on http://localhost:8089
demo: (run "--demo")

# run the tests, all or those whose path contains FILTER: `just test web::live`
test *filter:
    tests/run {{ filter }}

# check formatting and lints
lint:
    .ci/run formatting lints

# check the dependencies: licences, versions, sources, advisories, use
deps:
    .ci/run dependencies

# build the documentation of the code, private items included
doc:
    .ci/run documentation

# measure rows of docs/benchmarks.md: `just bench static-100 mix`
bench *rows:
    cargo bench --bench compare -- {{ rows }}

# time the parts of the hot path
parts *filter:
    cargo bench --bench parts -- {{ filter }}

# take the screenshots in docs/screenshots again
screenshots:
    tests/screenshots

# check everything that has to pass before a change goes in
ci:
    .ci/run
