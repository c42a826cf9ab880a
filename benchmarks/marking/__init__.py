"""How well marking does: right work refused, wrong work accepted, slips named, time; beside others' published rules.

python -m benchmarks.marking              the whole table (a few minutes)
python -m benchmarks.marking --quick      a tenth of it
python -m benchmarks.marking --only PART  right, sheets, wrong, follows, air, time or reading; --examples shows which

Times are of computing, so that other programs on the machine do not count.
"""
