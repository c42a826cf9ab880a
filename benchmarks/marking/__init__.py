"""Measure marking: right work rejected, wrong work accepted, mistakes named, time; beside published rules of others.

python -m benchmarks.marking              the whole table (a few minutes)
python -m benchmarks.marking --quick      a tenth of it
python -m benchmarks.marking --only PART  right, sheets, sweep, wrong, follows, ambiguity, air, time or reading
python -m benchmarks.marking --examples   also the cases

Times are CPU times, so that other programs on the machine do not matter.
"""
